package main

import (
	"syscall"

	"github.com/prometheus/procfs"
)

// unmap gives back the pages of the program's own file. Those that it goes on
// using come back at once from where the kernel has them anyway; those that the
// start alone used stay away. For each page that is used the kernel maps sixteen,
// and a start uses some of nearly all.
func unmap() error {
	self, err := procfs.Self()
	if err != nil {
		return err
	}
	program, err := self.Executable()
	if err != nil {
		return err
	}
	maps, err := self.ProcMaps()
	if err != nil {
		return err
	}
	for _, m := range maps {
		if m.Pathname != program || m.Perms.Write { // what was written is nowhere else
			continue
		}
		if _, _, failed := syscall.Syscall(syscall.SYS_MADVISE, m.StartAddr, m.EndAddr-m.StartAddr, syscall.MADV_DONTNEED); failed != 0 {
			return failed
		}
	}
	return nil
}
