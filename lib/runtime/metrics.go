package runtime

// runtime/metrics: those that the allocator and the scheduler can answer; all others are KindBad.

import "unsafe"

// metricSample is metrics.Sample.
type metricSample struct {
	name  string
	kind  int
	bits  uint64
	point unsafe.Pointer
}

const (
	metricBad = iota
	metricUint64
	metricFloat64
)

var godebugMetrics struct {
	lock  spinLock
	reads map[string]func() uint64
}

//go:linkname godebug_registerMetric internal/godebug.registerMetric
func godebug_registerMetric(name string, read func() uint64) {
	t := &godebugMetrics
	t.lock.lock()
	if t.reads == nil {
		t.reads = make(map[string]func() uint64)
	}
	t.reads[name] = read
	t.lock.unlock()
}

//go:linkname readMetrics runtime/metrics.runtime_readMetrics
func readMetrics(samples unsafe.Pointer, n, capacity int) {
	m := new(MemStats)
	nativeMemStats(m)
	list := unsafe.Slice((*metricSample)(samples), n)
	for i := range list {
		s := &list[i]
		v, ok := readMetric(s.name, m)
		s.kind, s.bits, s.point = metricBad, 0, nil
		if ok {
			s.kind, s.bits = metricUint64, v
		}
	}
}

func readMetric(name string, m *MemStats) (uint64, bool) {
	switch name {
	case "/cgo/go-to-c-calls:calls":
		return 0, true
	case "/gc/cycles/automatic:gc-cycles":
		return uint64(m.NumGC - m.NumForcedGC), true
	case "/gc/cycles/forced:gc-cycles":
		return uint64(m.NumForcedGC), true
	case "/gc/cycles/total:gc-cycles":
		return uint64(m.NumGC), true
	case "/gc/heap/allocs:bytes":
		return m.TotalAlloc, true
	case "/gc/heap/allocs:objects":
		return m.Mallocs, true
	case "/gc/heap/frees:bytes":
		return m.TotalAlloc - m.HeapAlloc, true
	case "/gc/heap/frees:objects":
		return m.Frees, true
	case "/gc/heap/goal:bytes":
		return m.NextGC, true
	case "/gc/heap/live:bytes", "/memory/classes/heap/objects:bytes":
		return m.HeapAlloc, true
	case "/gc/heap/objects:objects":
		return m.HeapObjects, true
	case "/gc/heap/tiny/allocs:objects":
		return 0, true
	case "/memory/classes/heap/free:bytes":
		return m.HeapIdle - m.HeapReleased, true
	case "/memory/classes/heap/released:bytes":
		return m.HeapReleased, true
	case "/memory/classes/heap/stacks:bytes":
		return m.StackInuse, true
	case "/memory/classes/heap/unused:bytes":
		return m.HeapInuse - m.HeapAlloc, true
	case "/memory/classes/metadata/other:bytes":
		return m.GCSys, true
	case "/memory/classes/other:bytes":
		return m.OtherSys, true
	case "/memory/classes/total:bytes":
		return m.Sys, true
	case "/sched/gomaxprocs:threads":
		return uint64(GOMAXPROCS(0)), true
	case "/sched/goroutines:goroutines":
		return uint64(NumGoroutine()), true
	}
	t := &godebugMetrics
	t.lock.lock()
	read := t.reads[name]
	t.lock.unlock()
	if read != nil {
		return read(), true
	}
	return 0, false
}
