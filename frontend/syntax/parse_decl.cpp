// Declarations. The one hard case is a type declaration's [: an array length or a type parameter list.
#include "syntax/parser_impl.h"
#include "llvm/ADT/SmallVector.h"

namespace stoat {

namespace {

/// Whether x can only be a type, or a union of terms with one that can; false if it may be an ordinary expression as well.
bool isTypeElem(Expr* x) {
  llvm::SmallVector<Expr*, 16> work{x}; // binary chains lean left and may be very long
  while (!work.empty()) {
    Expr* e = work.pop_back_val();
    switch (e->kind) {
    case NodeKind::ArrayType:
    case NodeKind::StructType:
    case NodeKind::FuncType:
    case NodeKind::InterfaceType:
    case NodeKind::SliceType:
    case NodeKind::MapType:
    case NodeKind::ChanType: return true;
    case NodeKind::Operation: {
      auto* o = llvm::cast<Operation>(e);
      if (o->op == Op::Tilde) return true;
      if (o->y) work.push_back(o->y);
      work.push_back(o->x);
      break;
    }
    case NodeKind::ParenExpr: work.push_back(llvm::cast<ParenExpr>(e)->x); break;
    default: break;
    }
  }
  return false;
}

/// Tries to read x as a type parameter name with its constraint: P *E, P (E), P *E|F ... Without `force` only if the rest must
/// be a type element. A lone name gives no constraint. Null: x is an expression.
Name* extractName(Arena& arena, Expr* x, bool force, Expr*& constraint) {
  constraint = nullptr;
  if (auto* n = llvm::dyn_cast<Name>(x)) return n;
  llvm::SmallVector<Operation*, 4> unions; // outermost first
  while (auto* o = llvm::dyn_cast<Operation>(x)) {
    if (!o->y || o->op != Op::Or) break;
    unions.push_back(o);
    force = force || isTypeElem(o->y);
    x = o->x;
  }
  Name* name = nullptr;
  if (auto* o = llvm::dyn_cast<Operation>(x)) {
    if (o->y && o->op == Op::Mul && (name = llvm::dyn_cast<Name>(o->x)) && (force || isTypeElem(o->y))) {
      auto* pointer = arena.make<Operation>(o->pos);
      pointer->op = Op::Mul;
      pointer->x = o->y;
      constraint = pointer;
    }
  } else if (auto* c = llvm::dyn_cast<CallExpr>(x)) {
    name = llvm::dyn_cast<Name>(c->fun);
    if (name && c->args.size() == 1 && !c->hasDots && (force || isTypeElem(c->args[0]))) constraint = unparen(c->args[0]);
  }
  if (!constraint) return nullptr;
  while (!unions.empty()) {
    Operation* from = unions.pop_back_val();
    auto* o = arena.make<Operation>(from->pos);
    o->op = Op::Or;
    o->x = constraint;
    o->y = from->y;
    constraint = o;
  }
  return name;
}

} // namespace

void Parser::appendGroup(DeclParser parse) {
  if (tok != Token::Lparen) {
    Decl* d = (this->*parse)(nullptr);
    scratch_.push_back(d);
    return;
  }
  Group* group = arena_.make<Group>();
  clearPragma(); // before "(" is taken
  next();
  list("grouped declaration", Token::Semi, Token::Rparen, [&] {
    Decl* d = (this->*parse)(group);
    scratch_.push_back(d);
    return false;
  });
}

Decl* Parser::importDecl(Group* group) {
  auto* d = make<ImportDecl>(pos());
  d->group = group;
  d->pragma = takePragma();
  if (tok == Token::Name) {
    d->localName = name();
  } else if (tok == Token::Dot) {
    d->localName = make<Name>(pos());
    d->localName->value = ".";
    next();
  }
  d->path = literalOrNull();
  if (!d->path) {
    syntaxError("missing import path");
    advance({Token::Semi, Token::Rparen});
    return d;
  }
  if (!d->path->bad && d->path->litKind != ConstValue::LitKind::String) {
    syntaxErrorAt(d->path->pos, "import path must be a string");
    d->path->bad = true;
  }
  return d;
}

Decl* Parser::constDecl(Group* group) {
  auto* d = make<ConstDecl>(pos());
  d->group = group;
  d->pragma = takePragma();
  d->names = nameList(name());
  if (tok != Token::Eof && tok != Token::Semi && tok != Token::Rparen) {
    d->typeExpr = typeOrNull();
    if (gotAssign()) d->values = exprList();
  }
  return d;
}

Decl* Parser::typeDecl(Group* group) {
  auto* d = make<TypeDecl>(pos());
  d->group = group;
  d->pragma = takePragma();
  d->name = name();
  if (tok == Token::Lbrack) {
    Pos at = pos();
    next();
    if (tok == Token::Name) {
      // An expression beginning with a name can be both. If the name is followed by [ it begins a constraint like P []E, as
      // an index is no constant array length.
      Expr* x = name();
      if (tok != Token::Lbrack) {
        expressionNest_++;
        x = binaryExpr(primaryExpr(x, false), 0);
        expressionNest_--;
      }
      Expr* constraint;
      Name* first = extractName(arena_, x, tok == Token::Comma, constraint);
      if (first && (constraint || tok != Token::Rbrack)) {
        d->tparams = paramList(first, constraint, Token::Rbrack, true, false);
        d->alias = gotAssign();
        d->typeExpr = typeOrNull();
      } else {
        d->typeExpr = arrayType(at, x);
      }
    } else if (tok == Token::Rbrack) {
      next();
      d->typeExpr = sliceType(at);
    } else {
      d->typeExpr = arrayType(at, nullptr);
    }
  } else {
    d->alias = gotAssign();
    d->typeExpr = typeOrNull();
  }
  if (!d->typeExpr) {
    d->typeExpr = badExpr();
    syntaxError("in type declaration");
    advance({Token::Semi, Token::Rparen});
  }
  return d;
}

Decl* Parser::varDecl(Group* group) {
  auto* d = make<VarDecl>(pos());
  d->group = group;
  d->pragma = takePragma();
  d->names = nameList(name());
  if (gotAssign()) {
    d->values = exprList();
  } else {
    d->typeExpr = type();
    if (gotAssign()) d->values = exprList();
  }
  return d;
}

FuncDecl* Parser::funcDecl() {
  auto* f = make<FuncDecl>(pos());
  f->pragma = takePragma();
  bool isMethod = got(Token::Lparen);
  if (isMethod) {
    std::vector<Field*> receivers = paramList(nullptr, nullptr, Token::Rparen, false, false);
    if (receivers.empty()) error("method has no receiver");
    if (receivers.size() > 1) error("method has multiple receivers");
    if (!receivers.empty()) f->recv = receivers[0];
  }
  if (tok == Token::Name) {
    f->name = name();
    f->typeExpr = funcType(isMethod ? "method" : "", &f->tparams);
  } else {
    f->name = make<Name>(pos());
    f->name->value = "_";
    f->typeExpr = make<FuncType>(pos());
    syntaxError(isMethod ? "expected name" : "expected name or (");
    advance({Token::Lbrace, Token::Semi});
  }
  if (tok == Token::Lbrace) f->body = funcBody();
  return f;
}

BlockStmt* Parser::funcBody() {
  functionNest_++;
  unsigned before = errors_;
  BlockStmt* body = blockStmt("");
  functionNest_--;
  // After a syntax error the tree is incomplete, and complaints about labels would mislead.
  if (options_.checkBranches && before == errors_) checkBranches(body, diag_);
  return body;
}

} // namespace stoat
