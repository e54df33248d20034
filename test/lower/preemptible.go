// Which loops a signal may stop, which poll, and objects of the frame: listed where they are in use, once their address is only passed on they are tracked.
//
// RUN: env GOARCH=amd64 %stoat compile -p p -verify-each -emit=stackmaps -o - %s | grep -v -e ' saved ' | FileCheck %s --check-prefixes=CHECK,SIGNAL
// RUN: env GOARCH=arm64 %stoat compile -p p -verify-each -emit=stackmaps -o - %s | grep -v -e ' saved ' | FileCheck %s --check-prefixes=CHECK,SIGNAL
// RUN: env GOARCH=386 %stoat compile -p p -verify-each -emit=stackmaps -o - %s | grep -v -e ' saved ' | FileCheck %s --check-prefixes=CHECK,POLL
package p

// CHECK-LABEL: function p.counted:
// SIGNAL: preemptible ranges:
// SIGNAL-NOT: stoat_poll
// POLL: stoat_poll
// CHECK-LABEL: function p.pointers:
// CHECK-NOT: preemptible
// CHECK: stoat_poll
// CHECK-LABEL: function p.stores:
// CHECK-NOT: preemptible
// CHECK: stoat_poll
func counted(a []int, n int) (s int) {
	for i := 0; i < n; i++ {
		s = s*31 ^ a[i&7]
	}
	return
}

func pointers(a []*int) (s int) {
	for i := range a {
		s = s*31 ^ *a[i]
	}
	return
}

func stores(a []*int, p *int) {
	for i := range a {
		a[i] = p
	}
}

// CHECK-LABEL: function p.object:
// CHECK: object at {{.*}}, tracked
// CHECK: call p.fill at {{.*}} object0
// CHECK-NEXT: call p.other at {{.*}} object0
// CHECK-NEXT: call p.read at preemptible.go:{{[0-9]+}}:{{$}}
// CHECK-NEXT: call p.other at preemptible.go:{{[0-9]+}}:{{$}}
func object() {
	var t struct{ p, q *int }
	fill(&t)
	other()
	read(&t)
	other()
}

//go:noescape
func fill(t *struct{ p, q *int })

//go:noescape
func read(t *struct{ p, q *int })
func other()
