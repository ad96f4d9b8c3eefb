//go:build 386 || arm || mips || mipsle

package batch

// Arrow v15 fails on 32-bit platforms, with unaligned atomics and worse, and
// offsets here are ints of 64 bits. Better no program than one that is wrong.
var _ = this_package_needs_a_64_bit_platform
