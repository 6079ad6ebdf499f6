package comms

// Nearest is the known word that is spelt most like what was typed, within two
// letters; "" if there is none.
func Nearest(typed string, known []string) string {
	best, nearest := 3, ""
	for _, k := range known {
		if d := distance(typed, k, best); d < best {
			best, nearest = d, k
		}
	}
	return nearest
}

// distance is the edit distance of Levenshtein, or bound if it is not below.
func distance(a, b string, bound int) int {
	if len(a) > 64 || len(a)-len(b) >= bound || len(b)-len(a) >= bound {
		return bound
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return min(row[len(b)], bound)
}
