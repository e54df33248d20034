package runtime

// Random numbers: one ChaCha8 generator a thread.

import (
	"internal/chacha8rand"
	"unsafe"
)

type threadRandom struct {
	seeded uintptr
	state  chacha8rand.State
}

//go:linkname rand
func rand() uint64 {
	procPin()
	r := (*threadRandom)(randState())
	if r.seeded == 0 {
		seedRandom(r)
	}
	for {
		if v, ok := r.state.Next(); ok {
			procUnpin()
			return v
		}
		r.state.Refill()
	}
}

func seedRandom(r *threadRandom) {
	var seed [4]uint64
	sysRandom(unsafe.Pointer(&seed), int(unsafe.Sizeof(seed)))
	r.state.Init64(seed)
	r.seeded = 1
}

//go:linkname rand32
func rand32() uint32 { return uint32(rand() >> 32) }

// randn gives a uniform number in [0, n), n > 0, but for a bias below 2^-32.
//
//go:linkname randn
func randn(n uint32) uint32 { return uint32((uint64(uint32(rand())) * uint64(n)) >> 32) }

//go:linkname cheaprand
func cheaprand() uint32 { return uint32(rand()) }

//go:linkname cheaprand64
func cheaprand64() int64 { return int64(rand()) }

//go:linkname cheaprandn
func cheaprandn(n uint32) uint32 { return randn(n) }

// Names under which older code pulls random numbers.

//go:linkname legacy_fastrand runtime.fastrand
func legacy_fastrand() uint32 { return uint32(rand()) }

//go:linkname legacy_fastrandn runtime.fastrandn
func legacy_fastrandn(n uint32) uint32 { return randn(n) }

//go:linkname legacy_fastrand64 runtime.fastrand64
func legacy_fastrand64() uint64 { return rand() }
