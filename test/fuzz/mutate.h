// One mutant of a program: edits of its text, chosen by what the syntax tree and the types say about the places.
#pragma once
#include "corpus.h"

namespace stoat::fuzz {

/// Depends on the corpus and the seed alone.
std::string mutate(const std::vector<Program>& corpus, uint64_t seed);

} // namespace stoat::fuzz
