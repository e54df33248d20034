// Expressions. A left-leaning chain (a+b+c, x.f().g[i]) is built by loops; only real nesting recurses.
#include "syntax/parser_impl.h"

namespace stoat {

namespace {

/// Whether x can only be a value, so that { after it begins a block.
bool isValue(Expr* x) {
  switch (x->kind) {
  case NodeKind::BasicLit:
  case NodeKind::CompositeLit:
  case NodeKind::FuncLit:
  case NodeKind::SliceExpr:
  case NodeKind::AssertExpr:
  case NodeKind::TypeSwitchGuard:
  case NodeKind::CallExpr: return true;
  case NodeKind::Operation: return llvm::cast<Operation>(x)->op != Op::Mul || llvm::cast<Operation>(x)->y;
  case NodeKind::ParenExpr: return isValue(llvm::cast<ParenExpr>(x)->x);
  case NodeKind::IndexExpr: return isValue(llvm::cast<IndexExpr>(x)->x) || isValue(llvm::cast<IndexExpr>(x)->index);
  default: return false;
  }
}

} // namespace

Expr* Parser::binaryExpr(Expr* x, unsigned above) {
  if (!x) x = unaryExpr();
  while ((tok == Token::Operator || tok == Token::Star) && prec > above) {
    auto* t = make<Operation>(pos());
    t->op = op;
    unsigned precedence = prec;
    next();
    t->x = x;
    t->y = binaryExpr(nullptr, precedence);
    x = t;
  }
  return x;
}

Expr* Parser::unaryExpr() {
  Nesting nesting(*this);
  if (!nesting) return badExpr();
  if (tok == Token::Operator || tok == Token::Star) {
    switch (op) {
    case Op::Mul:
    case Op::Add:
    case Op::Sub:
    case Op::Not:
    case Op::Xor:
    case Op::Tilde:
    case Op::And: {
      auto* x = make<Operation>(pos());
      x->op = op;
      next();
      x->x = unaryExpr();
      if (x->op == Op::And) x->x = unparen(x->x); // of a composite literal, kept for checks in operand
      return x;
    }
    default: break;
    }
  }
  if (tok == Token::Arrow) {
    Pos at = pos();
    next();
    return recvOrChan(at);
  }
  return primaryExpr(nullptr, true); // parentheses are kept: (x) := 1 is to be refused
}

/// After <-: a receive operation, or, if what follows is a channel type, a receive-only channel type.
Expr* Parser::recvOrChan(Pos at) {
  Expr* x = unaryExpr();
  if (!llvm::isa<ChanType>(x)) {
    auto* o = make<Operation>(at);
    o->op = Op::Recv;
    o->x = x;
    return o;
  }
  // Re-associate: <-(chan E) is (<-chan E), and <-(chan<- E) is (<-chan (<-E)).
  ChanDirection dir = ChanDirection::SendOnly;
  Expr* t = x;
  while (dir == ChanDirection::SendOnly) {
    auto* c = llvm::dyn_cast<ChanType>(t);
    if (!c) break;
    dir = c->dir;
    if (dir == ChanDirection::RecvOnly) syntaxError("unexpected <-, expected chan");
    c->dir = ChanDirection::RecvOnly;
    t = c->elem;
  }
  if (dir == ChanDirection::SendOnly) syntaxError("unexpected " + exprString(t) + ", expected chan");
  return x;
}

Expr* Parser::operand(bool keepParens) {
  switch (tok) {
  case Token::Name: return name();
  case Token::Literal: return literalOrNull();
  case Token::Lparen: {
    Pos at = pos();
    next();
    expressionNest_++;
    Expr* x = expr();
    expressionNest_--;
    want(Token::Rparen);
    // Parentheses matter only where they are an error: around the type of a composite literal, and where the caller says.
    if (!keepParens && tok != Token::Lbrace) return x;
    auto* p = make<ParenExpr>(at);
    p->x = x;
    return p;
  }
  case Token::Func: {
    Pos at = pos();
    next();
    FuncType* signature = funcType("function type");
    if (tok != Token::Lbrace) return signature;
    expressionNest_++;
    auto* f = make<FuncLit>(at);
    f->typeExpr = signature;
    f->body = funcBody();
    expressionNest_--;
    return f;
  }
  case Token::Lbrack:
  case Token::Chan:
  case Token::Map:
  case Token::Struct:
  case Token::Interface: return type();
  default: {
    Expr* x = badExpr();
    syntaxError("expected expression");
    advance({Token::Rparen, Token::Rbrack, Token::Rbrace});
    return x;
  }
  }
}

Expr* Parser::primaryExpr(Expr* x, bool keepParens) {
  if (!x) x = operand(keepParens);
  for (unsigned length = 0;; length++) {
    if (length == maxNesting) { // the tree is as deep as the chain is long
      nestingError();
      return x;
    }
    Pos at = pos();
    switch (tok) {
    case Token::Dot:
      next();
      x = selectorOrAssert(x, at);
      break;
    case Token::Lbrack:
      next();
      x = indexOrSlice(x, at);
      break;
    case Token::Lparen:
      next();
      x = call(x, at);
      break;
    case Token::Lbrace: {
      Expr* t = unparen(x);
      if (!isLiteralType(t)) return x; // the brace begins a block
      if (t != x) syntaxError("cannot parenthesize type in composite literal");
      CompositeLit* c = compositeLit();
      c->typeExpr = x;
      x = c;
      break;
    }
    default: return x;
    }
  }
}

bool Parser::isLiteralType(Expr* t) {
  switch (t->kind) {
  case NodeKind::Name:
  case NodeKind::SelectorExpr: return expressionNest_ >= 0;
  case NodeKind::IndexExpr: return expressionNest_ >= 0 && !isValue(t);
  case NodeKind::ArrayType:
  case NodeKind::SliceType:
  case NodeKind::StructType:
  case NodeKind::MapType: return true;
  default: return false;
  }
}

Expr* Parser::selectorOrAssert(Expr* x, Pos at) {
  if (tok == Token::Name) {
    auto* t = make<SelectorExpr>(at);
    t->x = x;
    t->sel = name();
    return t;
  }
  if (tok != Token::Lparen) {
    syntaxError("expected name or (");
    advance({Token::Semi, Token::Rparen});
    return x;
  }
  next();
  if (got(Token::Type)) {
    auto* t = make<TypeSwitchGuard>(at); // simpleStmt sets lhs
    t->x = x;
    x = t;
  } else {
    auto* t = make<AssertExpr>(at);
    t->x = x;
    t->typeExpr = type();
    x = t;
  }
  want(Token::Rparen);
  return x;
}

Expr* Parser::indexOrSlice(Expr* x, Pos at) {
  Expr* i = nullptr;
  if (tok != Token::Colon) {
    bool comma = false;
    if (tok == Token::Rbrack) {
      syntaxError("expected operand");
      i = badExpr();
    } else {
      i = typeList(false, comma);
    }
    if (comma || tok == Token::Rbrack) {
      want(Token::Rbrack);
      auto* t = make<IndexExpr>(at);
      t->x = x;
      t->index = i;
      return t;
    }
  }
  if (!got(Token::Colon)) {
    syntaxError("expected comma, : or ]");
    advance({Token::Comma, Token::Colon, Token::Rbrack});
  }
  expressionNest_++;
  auto* t = make<SliceExpr>(at);
  t->x = x;
  t->index[0] = i;
  if (tok != Token::Colon && tok != Token::Rbrack) t->index[1] = expr();
  if (tok == Token::Colon) {
    t->full = true;
    if (!t->index[1]) {
      error("middle index required in 3-index slice");
      t->index[1] = badExpr();
    }
    next();
    if (tok != Token::Rbrack) {
      t->index[2] = expr();
    } else {
      error("final index required in 3-index slice");
      t->index[2] = badExpr();
    }
  }
  expressionNest_--;
  want(Token::Rbrack);
  return t;
}

Expr* Parser::call(Expr* x, Pos at) {
  auto* t = make<CallExpr>(at);
  t->fun = x;
  size_t mark = scratch_.size();
  expressionNest_++;
  list("argument list", Token::Comma, Token::Rparen, [&] {
    Expr* e = expr();
    scratch_.push_back(e);
    t->hasDots = got(Token::DotDotDot);
    return t->hasDots;
  });
  expressionNest_--;
  t->args = take<Expr>(mark);
  return t;
}

CompositeLit* Parser::compositeLit() {
  auto* x = make<CompositeLit>(pos());
  Nesting nesting(*this);
  if (!nesting) return x;
  size_t mark = scratch_.size();
  expressionNest_++;
  want(Token::Lbrace);
  x->rbrace = list("composite literal", Token::Comma, Token::Rbrace, [&] {
    Expr* e = element();
    if (tok == Token::Colon) {
      auto* pair = make<KeyValueExpr>(pos());
      next();
      pair->key = e;
      pair->value = element();
      e = pair;
      x->keyCount++;
    }
    scratch_.push_back(e);
    return false;
  });
  expressionNest_--;
  x->elems = take<Expr>(mark);
  return x;
}

Expr* Parser::element() { return tok == Token::Lbrace ? compositeLit() : expr(); }

// ---- names, literals, lists

BasicLit* Parser::literalOrNull() {
  if (tok != Token::Literal) return nullptr;
  auto* b = make<BasicLit>(pos());
  b->value = lit;
  b->litKind = litKind;
  b->bad = bad;
  next();
  return b;
}

Name* Parser::name() {
  auto* n = make<Name>(pos());
  if (tok == Token::Name) {
    n->value = lit;
    next();
    return n;
  }
  n->value = "_";
  syntaxError("expected name");
  advance({});
  return n;
}

std::vector<Name*> Parser::nameList(Name* first) {
  size_t mark = scratch_.size();
  scratch_.push_back(first);
  while (got(Token::Comma)) {
    Name* n = name();
    scratch_.push_back(n);
  }
  return take<Name>(mark);
}

Expr* Parser::exprList() {
  Expr* x = expr();
  if (tok != Token::Comma) return x;
  size_t mark = scratch_.size();
  auto* t = make<ListExpr>(x->pos);
  scratch_.push_back(x);
  while (got(Token::Comma)) {
    Expr* e = expr();
    scratch_.push_back(e);
  }
  t->elems = take<Expr>(mark);
  return t;
}

/// A list of types with an optional final comma; unless `strict`, the first may be an ordinary expression (an index).
Expr* Parser::typeList(bool strict, bool& comma) {
  expressionNest_++;
  Expr* x = strict ? type() : expr();
  comma = got(Token::Comma);
  if (comma) {
    if (Expr* t = typeOrNull()) {
      size_t mark = scratch_.size();
      scratch_.push_back(x);
      scratch_.push_back(t);
      while (got(Token::Comma)) {
        t = typeOrNull();
        if (!t) break;
        scratch_.push_back(t);
      }
      auto* l = make<ListExpr>(x->pos);
      l->elems = take<Expr>(mark);
      x = l;
    }
  }
  expressionNest_--;
  return x;
}

} // namespace stoat
