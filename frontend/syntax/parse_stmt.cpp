// Statements. The headers of if, for and switch are read with expressionNest_ < 0, so that { begins the block.
#include "syntax/parser_impl.h"

namespace stoat {

std::vector<Stmt*> Parser::stmtList() {
  size_t mark = scratch_.size();
  while (tok != Token::Eof && tok != Token::Rbrace && tok != Token::Case && tok != Token::Default) {
    Stmt* s = stmtOrNull();
    clearPragma();
    if (!s) break;
    scratch_.push_back(s);
    if (!got(Token::Semi) && tok != Token::Rbrace) {
      syntaxError("at end of statement");
      advance({Token::Semi, Token::Rbrace, Token::Case, Token::Default});
      got(Token::Semi); // avoids a spurious empty statement
    }
  }
  return take<Stmt>(mark);
}

Stmt* Parser::stmtOrNull() {
  Nesting nesting(*this);
  if (!nesting) return nullptr;
  if (tok == Token::Name) { // most statements
    clearPragma();
    Expr* lhs = exprList();
    auto* label = llvm::dyn_cast<Name>(lhs);
    if (label && tok == Token::Colon) return labeledStmtOrNull(label);
    return simpleStmt(lhs, Token::None);
  }
  switch (tok) {
  case Token::Var: return declStmt(&Parser::varDecl);
  case Token::Const: return declStmt(&Parser::constDecl);
  case Token::Type: return declStmt(&Parser::typeDecl);
  default: break;
  }
  clearPragma();
  switch (tok) {
  case Token::Lbrace: return blockStmt("");
  case Token::Operator:
  case Token::Star:
    switch (op) {
    case Op::Add:
    case Op::Sub:
    case Op::Mul:
    case Op::And:
    case Op::Xor:
    case Op::Not: return simpleStmt(nullptr, Token::None);
    default: return nullptr;
    }
  case Token::Literal:
  case Token::Func:
  case Token::Lparen:
  case Token::Lbrack:
  case Token::Struct:
  case Token::Map:
  case Token::Chan:
  case Token::Interface:
  case Token::Arrow: return simpleStmt(nullptr, Token::None);
  case Token::For: {
    auto* s = make<ForStmt>(pos());
    Header h = header(Token::For);
    s->init = h.init;
    s->cond = h.cond;
    s->post = h.post;
    s->body = blockStmt("for clause");
    return s;
  }
  case Token::Switch: return switchStmt();
  case Token::Select: return selectStmt();
  case Token::If: return ifStmt();
  case Token::Fallthrough:
  case Token::Break:
  case Token::Continue:
  case Token::Goto: return branchStmt();
  case Token::Go:
  case Token::Defer: return callStmt();
  case Token::Return: {
    auto* s = make<ReturnStmt>(pos());
    next();
    if (tok != Token::Semi && tok != Token::Rbrace) s->results = exprList();
    return s;
  }
  case Token::Semi: return make<EmptyStmt>(pos());
  default: return nullptr;
  }
}

// ---- simple statements

Stmt* Parser::exprStmt(Expr* x) {
  auto* s = make<ExprStmt>(x->pos);
  s->x = x;
  return s;
}

Stmt* Parser::assignment(Pos at, Op op, Expr* lhs, Expr* rhs) {
  auto* s = make<AssignStmt>(at);
  s->op = op;
  s->lhs = lhs;
  s->rhs = rhs;
  return s;
}

Stmt* Parser::rangeClause(Expr* lhs, bool def) {
  auto* r = make<RangeClause>(pos());
  next(); // range
  r->lhs = lhs;
  r->def = def;
  r->x = expr();
  return r;
}

/// `keyword` is For where range is allowed, Switch where a type switch guard may be declared.
Stmt* Parser::simpleStmt(Expr* lhs, Token keyword) {
  if (keyword == Token::For && tok == Token::Range) return rangeClause(nullptr, false);
  if (!lhs) lhs = exprList();
  Pos at = pos();
  if (!llvm::isa<ListExpr>(lhs) && tok != Token::Assign && tok != Token::Define) {
    switch (tok) {
    case Token::AssignOp: {
      Op o = op;
      next();
      return assignment(at, o, lhs, expr());
    }
    case Token::IncOp: {
      Op o = op;
      next();
      return assignment(at, o, lhs, nullptr);
    }
    case Token::Arrow: {
      auto* s = make<SendStmt>(at);
      next();
      s->chan = lhs;
      s->value = expr();
      return s;
    }
    default: return exprStmt(lhs);
    }
  }
  if (tok != Token::Assign && tok != Token::Define) {
    syntaxError("expected := or = or comma");
    advance({Token::Semi, Token::Rbrace});
    if (auto* l = llvm::dyn_cast<ListExpr>(lhs)) lhs = l->elems[0]; // the best that can be made of it
    return exprStmt(lhs);
  }
  Op o = tok == Token::Define ? Op::Def : Op::None;
  next();
  if (keyword == Token::For && tok == Token::Range) return rangeClause(lhs, o == Op::Def);
  Expr* rhs = exprList();
  auto* guard = llvm::dyn_cast<TypeSwitchGuard>(rhs);
  if (guard && keyword == Token::Switch && o == Op::Def) {
    if (auto* variable = llvm::dyn_cast<Name>(lhs)) {
      guard->lhs = variable;
      return exprStmt(guard);
    }
  }
  return assignment(at, o, lhs, rhs);
}

Stmt* Parser::labeledStmtOrNull(Name* label) {
  auto* s = make<LabeledStmt>(pos());
  s->label = label;
  want(Token::Colon);
  if (tok == Token::Rbrace) { // the semicolon of an empty statement may be missing before }
    s->stmt = make<EmptyStmt>(pos());
    return s;
  }
  s->stmt = stmtOrNull();
  if (s->stmt) return s;
  syntaxErrorAt(s->pos, "missing statement after label");
  return nullptr;
}

Stmt* Parser::declStmt(DeclParser parse) {
  auto* s = make<DeclStmt>(pos());
  next();
  size_t mark = scratch_.size();
  appendGroup(parse);
  s->decls = take<Decl>(mark);
  return s;
}

Stmt* Parser::callStmt() {
  auto* s = make<CallStmt>(pos());
  s->tok = tok == Token::Go ? CallToken::Go : CallToken::Defer;
  const char* keyword = tokenText(tok);
  next();
  Expr* x = primaryExpr(nullptr, tok == Token::Lparen);
  Expr* inner = unparen(x);
  if (inner != x) errorAt(x->pos, std::string("expression in ") + keyword + " must not be parenthesized");
  s->call = inner;
  return s;
}

Stmt* Parser::branchStmt() {
  auto* s = make<BranchStmt>(pos());
  Token t = tok;
  next();
  switch (t) {
  case Token::Break: s->tok = BranchToken::Break; break;
  case Token::Continue: s->tok = BranchToken::Continue; break;
  case Token::Goto: s->tok = BranchToken::Goto; break;
  default: s->tok = BranchToken::Fallthrough; return s;
  }
  if (t == Token::Goto || tok == Token::Name) s->label = name();
  return s;
}

// ---- blocks and their headers

/// `context` says what the block belongs to, for the message if there is no brace; empty if we are at one.
BlockStmt* Parser::blockStmt(const char* context) {
  auto* s = make<BlockStmt>(pos());
  if (!got(Token::Lbrace)) {
    syntaxError(std::string("expected { after ") + context);
    advance({Token::Name, Token::Rbrace});
    s->rbrace = pos();
    if (got(Token::Rbrace)) return s;
  }
  s->list = stmtList();
  s->rbrace = pos();
  want(Token::Rbrace);
  return s;
}

Parser::Header Parser::header(Token keyword) {
  Header h;
  want(keyword);
  if (tok == Token::Lbrace) {
    if (keyword == Token::If) {
      syntaxError("missing condition in if statement");
      h.cond = badExpr();
    }
    return h;
  }
  int outer = expressionNest_;
  expressionNest_ = -1;
  if (tok != Token::Semi) {
    if (got(Token::Var)) // accepted, for a better message
      syntaxError(std::string("var declaration not allowed in ") + tokenText(keyword) + " initializer");
    h.init = simpleStmt(nullptr, keyword);
    if (llvm::isa<RangeClause>(h.init)) {
      expressionNest_ = outer;
      return h;
    }
  }

  Stmt* condStmt = nullptr;
  Pos semiPos;
  llvm::StringRef semiText;
  if (tok == Token::Lbrace) {
    condStmt = h.init;
    h.init = nullptr;
  } else {
    if (tok == Token::Semi) {
      semiPos = pos();
      semiText = lit;
      next();
    } else {
      want(Token::Lbrace); // asking for { gives a better message than asking for ;
      if (tok != Token::Lbrace) advance({Token::Lbrace, Token::Rbrace});
    }
    if (keyword == Token::For) {
      bool noCondition = false;
      if (tok != Token::Semi) {
        if (tok == Token::Lbrace) {
          syntaxError("expected for loop condition");
          noCondition = true;
        } else {
          condStmt = simpleStmt(nullptr, Token::None);
        }
      }
      if (!noCondition) {
        want(Token::Semi);
        if (tok != Token::Lbrace) {
          h.post = simpleStmt(nullptr, Token::None);
          auto* a = llvm::dyn_cast<AssignStmt>(h.post);
          if (a && a->op == Op::Def) syntaxErrorAt(a->pos, "cannot declare in post statement of for loop");
        }
      }
    } else if (tok != Token::Lbrace) {
      condStmt = simpleStmt(nullptr, keyword);
    }
  }
  h.cond = condition(condStmt, keyword, semiPos, semiText);
  expressionNest_ = outer;
  return h;
}

/// The expression of the statement that stands where the condition or tag belongs.
Expr* Parser::condition(Stmt* s, Token keyword, Pos semiPos, llvm::StringRef semiText) {
  if (!s) {
    if (keyword != Token::If || !semiPos.isKnown()) return nullptr;
    if (semiText != "semicolon")
      syntaxErrorAt(semiPos, "unexpected " + semiText.str() + ", expected { after if clause");
    else
      syntaxErrorAt(semiPos, "missing condition in if statement");
    return make<BadExpr>(semiPos);
  }
  if (auto* e = llvm::dyn_cast<ExprStmt>(s)) return e->x;
  std::string text;
  auto* a = llvm::dyn_cast<AssignStmt>(s);
  if (a && a->op == Op::None) { // = for ==, most likely: make the = stand out
    auto emphasize = [](Expr* x) {
      auto* o = llvm::dyn_cast<Operation>(x);
      return o && o->y ? "(" + exprString(x) + ")" : exprString(x);
    };
    text = "assignment " + emphasize(a->lhs) + " = " + emphasize(a->rhs);
  } else {
    text = nodeString(s);
  }
  syntaxErrorAt(s->pos, "cannot use " + text + " as value");
  return nullptr;
}

Stmt* Parser::ifStmt() {
  Nesting nesting(*this); // of else if
  auto* s = make<IfStmt>(pos());
  if (!nesting) return s;
  Header h = header(Token::If);
  s->init = h.init;
  s->cond = h.cond;
  s->then = blockStmt("if clause");
  if (got(Token::Else)) {
    if (tok == Token::If) {
      s->els = ifStmt();
    } else if (tok == Token::Lbrace) {
      s->els = blockStmt("");
    } else {
      syntaxError("else must be followed by if or statement block");
      advance({Token::Name, Token::Rbrace});
    }
  }
  return s;
}

Stmt* Parser::switchStmt() {
  auto* s = make<SwitchStmt>(pos());
  Header h = header(Token::Switch);
  s->init = h.init;
  s->tag = h.cond;
  if (!got(Token::Lbrace)) {
    syntaxError("missing { after switch clause");
    advance({Token::Case, Token::Default, Token::Rbrace});
  }
  size_t mark = scratch_.size();
  while (tok != Token::Eof && tok != Token::Rbrace) {
    CaseClause* c = caseClause();
    scratch_.push_back(c);
  }
  s->body = take<CaseClause>(mark);
  s->rbrace = pos();
  want(Token::Rbrace);
  return s;
}

Stmt* Parser::selectStmt() {
  auto* s = make<SelectStmt>(pos());
  want(Token::Select);
  if (!got(Token::Lbrace)) {
    syntaxError("missing { after select clause");
    advance({Token::Case, Token::Default, Token::Rbrace});
  }
  size_t mark = scratch_.size();
  while (tok != Token::Eof && tok != Token::Rbrace) {
    CommClause* c = commClause();
    scratch_.push_back(c);
  }
  s->body = take<CommClause>(mark);
  s->rbrace = pos();
  want(Token::Rbrace);
  return s;
}

CaseClause* Parser::caseClause() {
  auto* c = make<CaseClause>(pos());
  if (got(Token::Case)) {
    c->cases = exprList();
  } else if (!got(Token::Default)) {
    syntaxError("expected case or default or }");
    advance({Token::Colon, Token::Case, Token::Default, Token::Rbrace});
  }
  c->colon = pos();
  want(Token::Colon);
  c->body = stmtList();
  return c;
}

CommClause* Parser::commClause() {
  auto* c = make<CommClause>(pos());
  if (got(Token::Case)) {
    c->comm = simpleStmt(nullptr, Token::None); // the checker allows only sends and receives
  } else if (!got(Token::Default)) {
    syntaxError("expected case or default or }");
    advance({Token::Colon, Token::Case, Token::Default, Token::Rbrace});
  }
  c->colon = pos();
  want(Token::Colon);
  c->body = stmtList();
  return c;
}

} // namespace stoat
