package runtime

// runtime/metrics: everything that its descriptions list.

import (
	"internal/godebugs"
	"internal/runtime/atomic"
	"internal/runtime/gc"
	"unsafe"
)

// metricSample is metrics.Sample.
type metricSample struct {
	name  string
	kind  int
	bits  uint64
	point unsafe.Pointer
}

// metricHistogram is metrics.Float64Histogram.
type metricHistogram struct {
	counts  []uint64
	buckets []float64
}

const (
	metricBad = iota
	metricUint64
	metricFloat64
	metricFloat64Histogram
)

// Places in what nativeMetrics fills: runtime/gc/metrics.cpp.
const (
	atCPUAssist = iota
	atCPUDedicated
	atCPUIdleMark
	atCPUPause
	atCPUTotal
	atCPUProcess
	atScavengeAssist
	atScavengeBackground
	atCleanupsQueued
	atCleanupsRun
	atFinalizersQueued
	atFinalizersRun
	atPercent
	atLimit
	atTinyAllocs
	atHeapMarked
	atScanGlobals
	atScanHeap
	atScanStack
	atStackStart
	atGoroutinesCreated
	atGoroutinesNotInGo
	atGoroutinesRunnable
	atGoroutinesRunning
	atGoroutinesWaiting
	atThreads
	atThreadStacks
	atMutexWait

	atClasses        = 64
	sizeClasses      = 68
	atHistograms     = atClasses + 2*sizeClasses
	timeBuckets      = (48 - 9 + 1) * 4
	histogramCounts  = timeBuckets + 2
	histogramPauses  = 0
	histogramOther   = 1
	histogramStop    = 2
	histogramStopOth = 3
	histogramLatency = 4
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

// metricState is what one reading starts from. There is one, because readers with the same samples must not allocate each time.
var metricState struct {
	busy     uint32 // semaphore
	stats    MemStats
	raw      [1024]uint64
	timeEdge []float64
	sizeEdge []float64
}

var metricStarted atomic.Uint32

type metricReader func(s *metricSample)

var metricReaders = map[string]metricReader{}

func rawMetric(at int) metricReader {
	return func(s *metricSample) { s.kind, s.bits = metricUint64, metricState.raw[at] }
}

func memMetric(get func(m *MemStats) uint64) metricReader {
	return func(s *metricSample) { s.kind, s.bits = metricUint64, get(&metricState.stats) }
}

func secondsMetric(get func(raw *[1024]uint64) uint64) metricReader {
	return func(s *metricSample) {
		seconds := float64(get(&metricState.raw)) / 1e9
		s.kind, s.bits = metricFloat64, *(*uint64)(unsafe.Pointer(&seconds))
	}
}

func zeroMetric(s *metricSample) { s.kind, s.bits = metricUint64, 0 }

// histogramOf gives the histogram that s has from an earlier reading if its edges are those, or a new one.
func histogramOf(s *metricSample, edges []float64) *metricHistogram {
	h := (*metricHistogram)(s.point)
	if s.kind != metricFloat64Histogram || h == nil || len(h.buckets) != len(edges) || unsafe.SliceData(h.buckets) != unsafe.SliceData(edges) {
		h = &metricHistogram{counts: make([]uint64, len(edges)-1), buckets: edges}
		s.point = unsafe.Pointer(h)
	}
	s.kind, s.bits = metricFloat64Histogram, 0
	return h
}

func timeMetric(which int) metricReader {
	return func(s *metricSample) {
		h := histogramOf(s, metricState.timeEdge)
		copy(h.counts, metricState.raw[atHistograms+which*histogramCounts:])
	}
}

// sizeMetric tells allocations (offset 0) or frees (1) by size class. Objects that share a tiny block do not count.
func sizeMetric(offset int) metricReader {
	return func(s *metricSample) {
		h := histogramOf(s, metricState.sizeEdge)
		raw := &metricState.raw
		for c := 1; c < sizeClasses; c++ {
			h.counts[c-1] = raw[atClasses+2*c+offset]
		}
		h.counts[sizeClasses-1] = raw[atClasses+offset]
	}
}

func startMetrics() {
	infinity := 1.0
	*(*uint64)(unsafe.Pointer(&infinity)) = 0x7ff << 52
	edges := []float64{-infinity}
	for bit := 8; bit < 48; bit++ {
		for part := 0; part < 4; part++ {
			ns := uint64(part) << 7
			if bit > 8 {
				ns = 1<<bit + uint64(part)<<(bit-2)
			}
			edges = append(edges, float64(ns)/1e9)
		}
	}
	metricState.timeEdge = append(edges, float64(uint64(1)<<48)/1e9, infinity)

	sizes := []float64{1}
	for c := 1; c < sizeClasses; c++ {
		sizes = append(sizes, float64(gc.SizeClassToSize[c])+1)
	}
	metricState.sizeEdge = append(sizes, infinity)

	r := metricReaders
	r["/cgo/go-to-c-calls:calls"] = zeroMetric
	r["/cpu/classes/gc/mark/assist:cpu-seconds"] = secondsMetric(func(raw *[1024]uint64) uint64 { return raw[atCPUAssist] })
	r["/cpu/classes/gc/mark/dedicated:cpu-seconds"] = secondsMetric(func(raw *[1024]uint64) uint64 { return raw[atCPUDedicated] })
	r["/cpu/classes/gc/mark/idle:cpu-seconds"] = secondsMetric(func(raw *[1024]uint64) uint64 { return raw[atCPUIdleMark] })
	r["/cpu/classes/gc/pause:cpu-seconds"] = secondsMetric(func(raw *[1024]uint64) uint64 { return raw[atCPUPause] })
	r["/cpu/classes/gc/total:cpu-seconds"] = secondsMetric(collectorCPU)
	r["/cpu/classes/idle:cpu-seconds"] = secondsMetric(idleCPU)
	r["/cpu/classes/scavenge/assist:cpu-seconds"] = secondsMetric(func(raw *[1024]uint64) uint64 { return raw[atScavengeAssist] })
	r["/cpu/classes/scavenge/background:cpu-seconds"] = secondsMetric(func(raw *[1024]uint64) uint64 { return raw[atScavengeBackground] })
	r["/cpu/classes/scavenge/total:cpu-seconds"] = secondsMetric(scavengeCPU)
	r["/cpu/classes/total:cpu-seconds"] = secondsMetric(func(raw *[1024]uint64) uint64 { return raw[atCPUTotal] })
	r["/cpu/classes/user:cpu-seconds"] = secondsMetric(userCPU)
	r["/gc/cleanups/executed:cleanups"] = rawMetric(atCleanupsRun)
	r["/gc/cleanups/queued:cleanups"] = rawMetric(atCleanupsQueued)
	r["/gc/cycles/automatic:gc-cycles"] = memMetric(func(m *MemStats) uint64 { return uint64(m.NumGC - m.NumForcedGC) })
	r["/gc/cycles/forced:gc-cycles"] = memMetric(func(m *MemStats) uint64 { return uint64(m.NumForcedGC) })
	r["/gc/cycles/total:gc-cycles"] = memMetric(func(m *MemStats) uint64 { return uint64(m.NumGC) })
	r["/gc/finalizers/executed:finalizers"] = rawMetric(atFinalizersRun)
	r["/gc/finalizers/queued:finalizers"] = rawMetric(atFinalizersQueued)
	r["/gc/gogc:percent"] = rawMetric(atPercent)
	r["/gc/gomemlimit:bytes"] = rawMetric(atLimit)
	r["/gc/heap/allocs-by-size:bytes"] = sizeMetric(0)
	r["/gc/heap/allocs:bytes"] = memMetric(func(m *MemStats) uint64 { return m.TotalAlloc })
	r["/gc/heap/allocs:objects"] = memMetric(func(m *MemStats) uint64 { return m.Mallocs - metricState.raw[atTinyAllocs] })
	r["/gc/heap/frees-by-size:bytes"] = sizeMetric(1)
	r["/gc/heap/frees:bytes"] = memMetric(func(m *MemStats) uint64 { return m.TotalAlloc - m.HeapAlloc })
	r["/gc/heap/frees:objects"] = memMetric(func(m *MemStats) uint64 { return m.Frees - metricState.raw[atTinyAllocs] })
	r["/gc/heap/goal:bytes"] = memMetric(func(m *MemStats) uint64 { return m.NextGC })
	r["/gc/heap/live:bytes"] = rawMetric(atHeapMarked)
	r["/gc/heap/objects:objects"] = memMetric(func(m *MemStats) uint64 { return m.HeapObjects })
	r["/gc/heap/tiny/allocs:objects"] = rawMetric(atTinyAllocs)
	r["/gc/limiter/last-enabled:gc-cycle"] = zeroMetric // no limit on the collector's share
	r["/gc/pauses:seconds"] = timeMetric(histogramPauses)
	r["/gc/scan/globals:bytes"] = rawMetric(atScanGlobals)
	r["/gc/scan/heap:bytes"] = rawMetric(atScanHeap)
	r["/gc/scan/stack:bytes"] = rawMetric(atScanStack)
	r["/gc/scan/total:bytes"] = func(s *metricSample) {
		raw := &metricState.raw
		s.kind, s.bits = metricUint64, raw[atScanGlobals]+raw[atScanHeap]+raw[atScanStack]
	}
	r["/gc/stack/starting-size:bytes"] = rawMetric(atStackStart)
	r["/memory/classes/heap/free:bytes"] = memMetric(func(m *MemStats) uint64 { return m.HeapIdle - m.HeapReleased })
	r["/memory/classes/heap/objects:bytes"] = memMetric(func(m *MemStats) uint64 { return m.HeapAlloc })
	r["/memory/classes/heap/released:bytes"] = memMetric(func(m *MemStats) uint64 { return m.HeapReleased })
	r["/memory/classes/heap/stacks:bytes"] = memMetric(func(m *MemStats) uint64 { return m.StackInuse })
	r["/memory/classes/heap/unused:bytes"] = memMetric(func(m *MemStats) uint64 { return m.HeapInuse - m.HeapAlloc })
	r["/memory/classes/metadata/mcache/free:bytes"] = memMetric(func(m *MemStats) uint64 { return m.MCacheSys - m.MCacheInuse })
	r["/memory/classes/metadata/mcache/inuse:bytes"] = memMetric(func(m *MemStats) uint64 { return m.MCacheInuse })
	r["/memory/classes/metadata/mspan/free:bytes"] = memMetric(func(m *MemStats) uint64 { return m.MSpanSys - m.MSpanInuse })
	r["/memory/classes/metadata/mspan/inuse:bytes"] = memMetric(func(m *MemStats) uint64 { return m.MSpanInuse })
	r["/memory/classes/metadata/other:bytes"] = memMetric(func(m *MemStats) uint64 { return m.GCSys })
	r["/memory/classes/os-stacks:bytes"] = memMetric(func(m *MemStats) uint64 { return m.StackSys - m.StackInuse })
	r["/memory/classes/other:bytes"] = memMetric(func(m *MemStats) uint64 { return m.OtherSys })
	r["/memory/classes/profiling/buckets:bytes"] = memMetric(func(m *MemStats) uint64 { return m.BuckHashSys })
	r["/memory/classes/total:bytes"] = memMetric(func(m *MemStats) uint64 { return m.Sys })
	r["/sched/gomaxprocs:threads"] = func(s *metricSample) { s.kind, s.bits = metricUint64, uint64(GOMAXPROCS(0)) }
	r["/sched/goroutines-created:goroutines"] = rawMetric(atGoroutinesCreated)
	r["/sched/goroutines/not-in-go:goroutines"] = rawMetric(atGoroutinesNotInGo)
	r["/sched/goroutines/runnable:goroutines"] = rawMetric(atGoroutinesRunnable)
	r["/sched/goroutines/running:goroutines"] = rawMetric(atGoroutinesRunning)
	r["/sched/goroutines/waiting:goroutines"] = rawMetric(atGoroutinesWaiting)
	r["/sched/goroutines:goroutines"] = func(s *metricSample) { s.kind, s.bits = metricUint64, uint64(NumGoroutine()) }
	r["/sched/latencies:seconds"] = timeMetric(histogramLatency)
	r["/sched/pauses/stopping/gc:seconds"] = timeMetric(histogramStop)
	r["/sched/pauses/stopping/other:seconds"] = timeMetric(histogramStopOth)
	r["/sched/pauses/total/gc:seconds"] = timeMetric(histogramPauses)
	r["/sched/pauses/total/other:seconds"] = timeMetric(histogramOther)
	r["/sched/threads/total:threads"] = rawMetric(atThreads)
	r["/sync/mutex/wait/total:seconds"] = secondsMetric(func(raw *[1024]uint64) uint64 { return raw[atMutexWait] })
	for _, info := range godebugs.All {
		if !info.Opaque {
			name := "/godebug/non-default-behavior/" + info.Name + ":events"
			r[name] = func(s *metricSample) { godebugMetric(name, s) }
		}
	}
}

func godebugMetric(name string, s *metricSample) {
	t := &godebugMetrics
	t.lock.lock()
	read := t.reads[name]
	t.lock.unlock()
	s.kind, s.bits = metricUint64, 0
	if read != nil {
		s.bits = read()
	}
}

func collectorCPU(raw *[1024]uint64) uint64 {
	return raw[atCPUAssist] + raw[atCPUDedicated] + raw[atCPUIdleMark] + raw[atCPUPause]
}

func scavengeCPU(raw *[1024]uint64) uint64 { return raw[atScavengeAssist] + raw[atScavengeBackground] }

// userCPU is what the process used beside the collector, at most what was there.
func userCPU(raw *[1024]uint64) uint64 {
	own := collectorCPU(raw) + scavengeCPU(raw)
	used := min(raw[atCPUProcess], raw[atCPUTotal])
	return used - min(used, own)
}

func idleCPU(raw *[1024]uint64) uint64 {
	busy := collectorCPU(raw) + scavengeCPU(raw) + userCPU(raw)
	return raw[atCPUTotal] - min(raw[atCPUTotal], busy)
}

//go:linkname readMetrics runtime/metrics.runtime_readMetrics
func readMetrics(samples unsafe.Pointer, n, capacity int) {
	lockMetrics()
	nativeMetrics(&metricState.raw)
	nativeMemStats(&metricState.stats)
	list := unsafe.Slice((*metricSample)(samples), n)
	for i := range list {
		s := &list[i]
		if read := metricReaders[s.name]; read != nil {
			read(s)
			if s.kind != metricFloat64Histogram {
				s.point = nil
			}
			continue
		}
		s.kind, s.bits, s.point = metricBad, 0, nil
	}
	semrelease(&metricState.busy, false)
}

func lockMetrics() {
	if !metricStarted.CompareAndSwap(0, 1) {
		acquireSema(&metricState.busy, false, waitReasonSemacquire)
		return
	}
	startMetrics()
}

// readMetricNames serves the tests of runtime/metrics.
//
//go:linkname readMetricNames runtime/metrics_test.runtime_readMetricNames
func readMetricNames() []string {
	lockMetrics()
	names := make([]string, 0, len(metricReaders))
	for name := range metricReaders {
		names = append(names, name)
	}
	semrelease(&metricState.busy, false)
	return names
}
