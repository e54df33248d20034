// The smallest runtime that generated programs of emit_torture_test run on: one goroutine on small stack segments, objects that are never reused, and a
// "collector" that asks the stack walker for roots and declares every object it did not reach dead. A later use of a dead object is a pointer that the maps
// missed: exit status 3. Faults planted by argv[1]: drop (the walker loses roots), csr (callee-saved registers are not restored).
// argv[2]: collect at every Nth chance.
//
// Natives stand in for real ones of entry_points.def with fitting signatures.
#include "asm_layout.h"
#include "runtime/base/hooks.h"
#include "runtime/code/unwind.h"
#include "runtime/sys/arch.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace stoat::rt {

struct G {
  Word stackLimit;
  EntryRecord* entry;
  Word assemblyGuard;
  StackSegment* segment;
  Word systemSp;
  void* m;
  DeferFrame* deferFrames;
};
static_assert(offsetof(G, stackLimit) == STOAT_G_STACK_LIMIT && offsetof(G, entry) == STOAT_G_ENTRY && offsetof(G, segment) == STOAT_G_SEGMENT &&
              offsetof(G, systemSp) == STOAT_G_SYSTEM_SP && offsetof(G, m) == STOAT_G_M && offsetof(G, deferFrames) == STOAT_G_LOCAL_DEFER_FRAMES);

constinit Hooks hooks{};

enum : uint64_t { alive = 0x616c697665, dead = 0x64656164 };
struct Object {
  uint64_t state;
  int64_t value;
  Object* next;
  Object* code; // closures: the function; a collected word like any other
  bool marked;
};
static constexpr Word objectBytes = 64;
static constexpr Word heapObjects = 1 << 18;

static char* heap;
static Word allocated, firstLive;
static Object** markStack;
static Word markCount;
static unsigned long collections, frames, roots, conservativeWords, preemptions, segmentSwitches, crossings;
static int fault;
static unsigned collectEvery = 1, chances;
static Word thread[STOAT_M_P / wordSize + 1]; // M, without a P: barriers take their slow path
static G g0;
static int64_t checksum;

extern "C" {
// Return addresses of calls by reflection, which the generated programs do not make.
extern const char stoat_reflectcall_ret[1] = {}, stoat_makefunc_ret[1] = {}, stoat_methodvalue_ret[1] = {};
extern const ModuleData stoat_module;
uint32_t stoat_barrier_enabled = 0;
void stoat_init_code();
}

[[noreturn]] static void fail(const char* what, Word address) {
  fprintf(stderr, "torture: %s (object %ld) after %lu collections\n", what, long((address - Word(heap)) / objectBytes), collections);
  exit(3);
}

static Object* objectOf(Word address) {
  if (address - Word(heap) >= allocated * objectBytes)
    return nullptr;
  return reinterpret_cast<Object*>(Word(heap) + (address - Word(heap)) / objectBytes * objectBytes);
}

static void mark(Word address) {
  Object* object = objectOf(address);
  if (!object || object->marked)
    return;
  if (object->state != alive)
    return; // conservative words may name dead objects
  object->marked = true;
  markStack[markCount++] = object;
}

static void value(void*, Word word) {
  ++roots;
  if (fault == 1 && roots % 50 == 0)
    return;
  Object* object = objectOf(word);
  if (object && object->state != alive)
    fail("a root points to a dead object", word);
  mark(word);
}

static void conservative(void*, Word low, Word high) {
  for (Word at = low; at < high; at += sizeof(Word)) {
    ++conservativeWords;
    mark(*reinterpret_cast<Word*>(at));
  }
}

static void collect() {
  if (++chances % collectEvery != 0)
    return;
  ++collections;
  RootSink sink{nullptr, value, conservative};
  EntryRecord first = *g0.entry;
  conservative(nullptr, first.low, first.high);
  Unwinder unwinder(&first);
  if (fault == 2) {
    Word zeros[calleeSavedCount] = {};
    unwinder = Unwinder(first.pc, first.fp, first.segment, zeros, first.previous);
  }
  const StackSegment* segment = first.segment;
  while (unwinder.next(&sink)) {
    ++frames;
    Frame frame = unwinder.frame();
    crossings += frame.segment != segment;
    segment = frame.segment;
    if (fault == 2)
      memset(frame.saved, 0, sizeof frame.saved);
    if (!findSafepoint(frame.func, frame.pc))
      fail("a return address without a map", 0);
    Position positions[4];
    unsigned levels = findPositions(frame.func, frame.pc, positions, 4);
    if (levels != 1 || strncmp(positions[0].name, "gen.", 4) || strcmp(positions[0].file, "/gen/torture.go") || positions[0].line == 0 ||
        strcmp(positions[0].name, frame.func.name()))
      fail("a wrong position", 0);
    Position again[1];
    if (findPositions(frame.func, frame.pc - 1, again, 1) != 1 || again[0].line != positions[0].line)
      fail("a wrong position for pc - 1", 0);
    visitFrameRoots(frame, sink);
  }
  if (unwinder.isBroken())
    fail("the walk is broken", unwinder.brokenPc());
  while (markCount > 0) {
    Object* object = markStack[--markCount];
    mark(Word(object->next));
  }
  for (Word i = firstLive; i < allocated; ++i) {
    Object* object = reinterpret_cast<Object*>(heap + i * objectBytes);
    if (object->state == alive && !object->marked) {
      object->state = dead;
      object->next = nullptr;
    }
    object->marked = false;
  }
  if (collections % 16 == 0 && g0.segment->newer) {
    // As the collector does with idle segments.
    for (StackSegment* spare = g0.segment->newer; spare;) {
      StackSegment* next = spare->newer;
      free(spare);
      spare = next;
    }
    g0.segment->newer = nullptr;
  }
  while (firstLive < allocated && reinterpret_cast<Object*>(heap + firstLive * objectBytes)->state == dead)
    ++firstLive;
}

extern "C" {

void* stoat_alloc_bytes_slow_impl(Word, uint8_t) {
  collect();
  if (allocated == heapObjects) {
    printf("heap used up\n");
    exit(4);
  }
  Object* object = reinterpret_cast<Object*>(heap + allocated * objectBytes);
  object->state = alive;
  object->value = int64_t(allocated % 1000);
  ++allocated;
  return object;
}

// Collects; then asks for preemption at the next check.
void stoat_newproc_impl(void*) {
  collect();
  if (chances % 3 == 0) {
#if defined(__aarch64__)
    g0.stackLimit = ~Word(0);
#else
    setThreadLimit(~Word(0));
#endif
  }
}

void stoat_gc_impl() {
  g0.entry->low = stackPointer();
  collect();
}

void stoat_poll_impl() { stoat_preempt(reinterpret_cast<G*>(&g0)); }

void torture_on_system_stack(void (*code)(), Word sp);
void stoat_preempt(G* g) {
  ++preemptions;
  g->stackLimit = g->segment->limit;
  setThreadLimit(g->segment->limit);
  g->entry->low = stackPointer();
  torture_on_system_stack(collect, g->systemSp);
}

// Calls the Go closure.
void stoat_closechan_impl(void* closure) { stoat_callgo(closure); }

// Six arguments, the out-pointer first: writes after its last safepoint.
void stoat_growslice_slow_impl(void* out, void* type, void* old, Word a, Word b, Word c) {
  collect();
  Object* object = static_cast<Object*>(old);
  if (object && object->state != alive && collections == 0)
    fail("growslice's argument", Word(old));
  auto* result = static_cast<Word*>(out);
  result[0] = Word(old);
  result[1] = a + b * 3;
  result[2] = c + Word(type);
}

// LEAF natives of the test.
int64_t torture_use(void* pointer) {
  if (!pointer)
    return 7;
  Object* object = objectOf(Word(pointer));
  if (!object)
    fail("use of a wild pointer", Word(pointer));
  if (object->state != alive)
    fail("use of a dead object", Word(pointer));
  return object->value;
}

void stoat_write_barrier_impl(void** slot, void* pointer) {
  if (!objectOf(Word(slot)))
    fail("barrier for a wild slot", Word(slot));
  if (pointer)
    torture_use(pointer);
  // Spoil what the stub must keep.
#if defined(__x86_64__)
  asm volatile("pcmpeqd %%xmm0, %%xmm0\n movaps %%xmm0, %%xmm1\n movaps %%xmm0, %%xmm2\n movaps %%xmm0, %%xmm8\n movaps %%xmm0, %%xmm15\n"
               "movq $-1, %%rcx\n movq %%rcx, %%rdx\n movq %%rcx, %%rsi\n movq %%rcx, %%rdi\n movq %%rcx, %%r8\n movq %%rcx, %%r9\n movq %%rcx, %%r10\n movq %%rcx, %%rax" ::
                   : "xmm0", "xmm1", "xmm2", "xmm8", "xmm15", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "rax");
#elif defined(__i386__)
  asm volatile("pcmpeqd %%xmm0, %%xmm0\n movaps %%xmm0, %%xmm1\n movaps %%xmm0, %%xmm5\n movl $-1, %%ecx\n movl %%ecx, %%edx\n movl %%ecx, %%eax" ::: "xmm0", "xmm1", "xmm5", "ecx", "edx", "eax");
#else
  asm volatile("mov x9, #-1\n mov x10, x9\n mov x11, x9\n mov x12, x9\n mov x13, x9\n mov x14, x9\n mov x15, x9\n movi v8.16b, #255\n movi v16.16b, #255\n movi v31.16b, #255" :::
                   "x9", "x10", "x11", "x12", "x13", "x14", "x15", "v8", "v16", "v31");
#endif
}

StackSegment* stoat_new_segment(G* g, uintptr_t bytes, uintptr_t) {
  ++segmentSwitches;
  Word size = sizeof(StackSegment) + STOAT_STACK_GUARD + bytes + 300; // small: many switches
  size = (size + 15) & ~Word(15);
  void* base = nullptr;
  if (posix_memalign(&base, 16, size))
    abort();
  memset(base, 0xee, size);
  auto* segment = static_cast<StackSegment*>(base);
  *segment = StackSegment();
  segment->limit = Word(base) + sizeof(StackSegment) + STOAT_STACK_GUARD;
  segment->top = Word(base) + size;
  g->segment->newer = segment;
  return segment;
}

// A panic as far as assembly knows it: resumes the innermost defer frame.
void torture_panic() { stoat_resume(g0.deferFrames); }
// What deferreturn does at the end.
void torture_unlink(DeferFrame* frame) { g0.deferFrames = frame->link; }
void torture_print(int64_t sum) { checksum = sum; }

void torture_enter(Word sp, void (*code)());
#if defined(__x86_64__)
asm(".globl torture_enter\ntorture_enter:\n pushq %rbp\n pushq %rbx\n pushq %r12\n pushq %r13\n pushq %r14\n pushq %r15\n subq $8, %rsp\n movq %rsp, %rbx\n"
    "movq %rdi, %rsp\n xorl %ebp, %ebp\n callq *%rsi\n movq %rbx, %rsp\n addq $8, %rsp\n popq %r15\n popq %r14\n popq %r13\n popq %r12\n popq %rbx\n popq %rbp\n retq\n");
#elif defined(__i386__)
asm(".globl torture_enter\ntorture_enter:\n pushl %ebp\n pushl %ebx\n pushl %esi\n pushl %edi\n movl 20(%esp), %eax\n movl 24(%esp), %ecx\n movl %esp, %ebx\n"
    "movl %eax, %esp\n xorl %ebp, %ebp\n calll *%ecx\n movl %ebx, %esp\n popl %edi\n popl %esi\n popl %ebx\n popl %ebp\n retl\n");
#else
asm(".globl torture_enter\ntorture_enter:\n stp x29, x30, [sp, #-32]!\n stp x19, x28, [sp, #16]\n mov x19, sp\n adrp x28, torture_g\n add x28, x28, :lo12:torture_g\n"
    "ldr x28, [x28]\n mov sp, x0\n mov x29, #0\n blr x1\n mov sp, x19\n ldp x19, x28, [sp, #16]\n ldp x29, x30, [sp], #32\n ret\n");
#endif
// A goroutine's stack has no room for C++.
#if defined(__x86_64__)
asm(".globl torture_on_system_stack\ntorture_on_system_stack:\n pushq %rbp\n movq %rsp, %rbp\n movq %rsi, %rsp\n callq *%rdi\n movq %rbp, %rsp\n popq %rbp\n retq\n");
#elif defined(__i386__)
asm(".globl torture_on_system_stack\ntorture_on_system_stack:\n pushl %ebp\n movl %esp, %ebp\n movl 12(%ebp), %esp\n calll *8(%ebp)\n movl %ebp, %esp\n popl %ebp\n retl\n");
#else
asm(".globl torture_on_system_stack\ntorture_on_system_stack:\n stp x29, x30, [sp, #-16]!\n mov x29, sp\n mov sp, x1\n blr x0\n mov sp, x29\n ldp x29, x30, [sp], #16\n ret\n");
#endif
__attribute__((visibility("hidden"))) G* torture_g = &g0;

}

} // namespace stoat::rt

int main(int argc, char** argv) {
  using namespace stoat::rt;
  if (argc > 1)
    fault = strcmp(argv[1], "drop") == 0 ? 1 : strcmp(argv[1], "csr") == 0 ? 2 : 0;
  if (argc > 2)
    collectEvery = unsigned(atoi(argv[2]));
  stoat_barrier_enabled = 1;
  stoat_init_code();
  heap = static_cast<char*>(aligned_alloc(64, heapObjects * objectBytes));
  memset(heap, 0, heapObjects * objectBytes);
  markStack = static_cast<Object**>(malloc(heapObjects * sizeof(Object*)));
  // Functions are sorted by address, or lookups are wrong.
  for (Word i = 1; i < funcCount(); ++i)
    if (funcAt(i - 1).entry() >= funcAt(i).entry())
      fail("functions out of order", 0);
  Word size = 1536; // nearly every call below main needs a further segment
  char* stack = static_cast<char*>(aligned_alloc(16, size));
  auto* segment = reinterpret_cast<StackSegment*>(stack);
  *segment = StackSegment();
  segment->limit = Word(stack) + sizeof(StackSegment) + STOAT_STACK_GUARD;
  segment->top = Word(stack) + size;
  g0.segment = segment;
  g0.stackLimit = segment->limit;
  Word systemSize = 1 << 18;
  g0.m = thread;
  g0.systemSp = (Word(malloc(systemSize)) + systemSize) & ~Word(15);
#if !defined(__aarch64__)
  setg(&g0);
  setThreadLimit(segment->limit);
#endif
  for (Word i = 0; i < stoat_module.initCount; ++i)
    torture_enter(segment->top, stoat_module.inits[i]);
  torture_enter(segment->top, stoat_module.mainMain);
  printf("%lld\n", static_cast<long long>(checksum));
  fprintf(stderr, "collections %lu frames %lu roots %lu conservative %lu preemptions %lu segments %lu crossed %lu objects %lu\n", collections, frames, roots, conservativeWords,
          preemptions, segmentSwitches, crossings, static_cast<unsigned long>(allocated));
  return 0;
}
