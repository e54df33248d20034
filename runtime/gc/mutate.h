// For the proof that every barrier is needed: a build with -DSTOAT_MUTATIONS leaves out the one that the environment variable STOAT_MUTATE names, and
// test/runtime/barriers/barriers.go must lose an object (utils/test_barriers). In other builds the condition is the constant false.
#pragma once

namespace stoat::rt {

enum class Mutation {
  None,
  StoreOld, StoreNew,           // pointer stores of compiled code
  Move, Copy, Append, Clear,    // typedmemmove, copy, append's new array, clear and zeroing
  ChanSend, ChanReceive,        // to a blocked receiver, from a blocked sender
  SelectSend, SelectReceive,    // the same, the blocked one waits in a select
  AtomicStore, AtomicSwap, AtomicCas,
  Weak,                         // weak.Pointer.Value
  NewBlack,                     // no barrier, but as needed: objects made while marking
  Count
};
inline constexpr const char *mutationNames[] = {"",         "storeold", "storenew",   "move",          "copy",        "append",     "clear",     "chansend",
                                                "chanrecv", "selectsend", "selectrecv", "atomicstore", "atomicswap", "atomiccas", "weak", "newblack"};
static_assert(sizeof mutationNames / sizeof *mutationNames == int(Mutation::Count));

#ifdef STOAT_MUTATIONS
extern Mutation mutation;
inline bool mutated(Mutation m) { return mutation == m; }
#else
inline constexpr bool mutated(Mutation) { return false; }
#endif

} // namespace stoat::rt
