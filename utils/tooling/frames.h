// Sizes of stack frames and calls of library functions as the compiler made them: from the .su file beside an object (-fstack-usage) and the object's relocations.
#pragma once
#include <map>
#include <set>
#include <string>

namespace stoat::rtcheck {

struct Frame {
  unsigned bytes = 0;               // 0 also for a function that only exists inlined
  bool dynamic = false;
  std::string symbol;               // one of those that begin there
  std::set<std::string> libraryCalls; // undefined symbols that its code calls
};

class Frames {
public:
  // False, with a message, if the object or its .su is missing.
  bool load(const std::string& object);
  // All functions that begin at that line of the file, together: a lambda's symbol cannot be told from its source, its line can.
  const Frame* find(const std::string& object, const std::string& file, unsigned line) const;
  // Symbols that an assembly object calls.
  static std::set<std::string> calledBy(const std::string& object);

  // Frames of the object that no function of the source was found for: the check would not count them.
  template <class F> void forEachUnused(F visit) const {
    for (auto& [object, frames] : frames_)
      for (auto& [place, frame] : frames)
        if (!used_.count(&frame))
          visit(place, frame);
  }

private:
  mutable std::set<const Frame*> used_;
  std::map<std::string, std::map<std::string, Frame>> frames_; // object, file:line
};

} // namespace stoat::rtcheck
