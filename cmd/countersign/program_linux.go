package main

import (
	"debug/elf"
	"fmt"
	"slices"
	"syscall"

	"github.com/prometheus/procfs"
)

// pages are where the system has laid a piece of the program's own file.
type pages struct{ start, size uintptr }

// ownPages finds what can be given back of the program's own file.
//
// In a program that may lie anywhere (go build -buildmode=pie) some data was
// written before it was made read-only, and is in no file any more. Of such a
// program the code alone goes.
func ownPages() ([]pages, error) {
	self, err := procfs.Self()
	if err != nil {
		return nil, err
	}
	program, err := self.Executable()
	if err != nil {
		return nil, err
	}
	file, err := elf.Open("/proc/self/exe")
	if err != nil {
		return nil, fmt.Errorf("read what the program consists of: %w", err)
	}
	defer file.Close()
	written := slices.ContainsFunc(file.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_GNU_RELRO })
	maps, err := self.ProcMaps()
	if err != nil {
		return nil, err
	}
	var own []pages
	for _, m := range maps {
		if m.Pathname == program && !m.Perms.Write && (m.Perms.Execute || !written) {
			own = append(own, pages{m.StartAddr, m.EndAddr - m.StartAddr})
		}
	}
	return own, nil
}

// unmap gives pages back. Those that the program goes on using come back at
// once from where the kernel has them anyway; those that the start alone used
// stay away. For each page that is used the kernel maps sixteen, and a start
// uses some of nearly all.
func unmap(own []pages) error {
	for _, p := range own {
		if _, _, failed := syscall.Syscall(syscall.SYS_MADVISE, p.start, p.size, syscall.MADV_DONTNEED); failed != 0 {
			return failed
		}
	}
	return nil
}
