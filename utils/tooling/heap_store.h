// Rule heap-store, for one assignment, call or other expression: stores of Go heap pointers by other means than the barrier functions.
#pragma once
#include <functional>
#include <string>

namespace clang {
class Expr;
class FunctionDecl;
class Stmt;
} // namespace clang

namespace stoat::rtcheck {

// Reports what `statement` itself (not its children) does wrong. isBarrier: is this function annotated STOAT_BARRIER?
void checkHeapStore(const clang::Stmt* statement, const std::function<bool(const clang::FunctionDecl*)>& isBarrier,
                    const std::function<void(const clang::Stmt*, std::string)>& report);

} // namespace stoat::rtcheck
