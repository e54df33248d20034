// Which allocations may live in the frame.
#pragma once
#include "mir/mir.h"

namespace stoat::mir {

/// What was decided about one allocation, or one parameter, for -m.
struct EscapeNote {
  const Function* function = nullptr;
  const Instr* site = nullptr; // or
  int parameter = -1;
  bool escapes = false; // site
  std::string leaks;    // parameter: its row of Func::leaks
};

/// Flags allocations Stack whose objects cannot outlive the function (Deferred: what deferred calls use), and records in Func::leaks where the parameters of each
/// declared function go. Needs nothing but the module; functions of other packages are known by their Func::leaks.
void escapeAnalysis(Module& module, std::vector<EscapeNote>* notes = nullptr);

/// The same for one function (an instance, whose types are known now), with what is known of its callees.
void escapeAnalysis(Function& function);

/// Whether the frame holds what `i` makes when it is flagged Stack, as far as sizes decide: No: never; Buffer: only if it turns out to be small when it is made.
enum class FramePlace : uint8_t { No, Buffer, Yes };
FramePlace framePlace(const Function& f, const Instr& i);

} // namespace stoat::mir
