package main

import (
	"debug/elf"
	"fmt"
	"slices"
	"syscall"

	"github.com/prometheus/procfs"
)

// unmap gives back the pages of the program's own file. Those that it goes on
// using come back at once from where the kernel has them anyway; those that the
// start alone used stay away. For each page that is used the kernel maps sixteen,
// and a start uses some of nearly all.
//
// In a program that may lie anywhere (go build -buildmode=pie) some data was
// written before it was made read-only, and is in no file any more. Of such a
// program the code alone goes.
func unmap() error {
	self, err := procfs.Self()
	if err != nil {
		return err
	}
	program, err := self.Executable()
	if err != nil {
		return err
	}
	file, err := elf.Open("/proc/self/exe")
	if err != nil {
		return fmt.Errorf("read what the program consists of: %w", err)
	}
	defer file.Close()
	written := slices.ContainsFunc(file.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_GNU_RELRO })
	maps, err := self.ProcMaps()
	if err != nil {
		return err
	}
	for _, m := range maps {
		if m.Pathname != program || m.Perms.Write || written && !m.Perms.Execute {
			continue
		}
		if _, _, failed := syscall.Syscall(syscall.SYS_MADVISE, m.StartAddr, m.EndAddr-m.StartAddr, syscall.MADV_DONTNEED); failed != 0 {
			return failed
		}
	}
	return nil
}
