// Types, signatures and parameter lists. T[P] may be an array field, an embedded instance, a generic method or a parameter's
// type: arrayOrTypeArgs, methodDecl and paramDeclOrNull decide after having read it.
#include "syntax/parser_impl.h"

namespace stoat {

Expr* Parser::type() {
  if (Expr* t = typeOrNull()) return t;
  Expr* t = badExpr();
  syntaxError("expected type");
  advance({Token::Comma, Token::Colon, Token::Semi, Token::Rparen, Token::Rbrack, Token::Rbrace});
  return t;
}

Expr* Parser::indirect(Pos at, Expr* base) {
  auto* o = make<Operation>(at);
  o->op = Op::Mul;
  o->x = base;
  return o;
}

Expr* Parser::typeOrNull() {
  Nesting nesting(*this);
  if (!nesting) return badExpr();
  Pos at = pos();
  switch (tok) {
  case Token::Star:
    next();
    return indirect(at, type());
  case Token::Arrow: {
    next();
    want(Token::Chan);
    auto* t = make<ChanType>(at);
    t->dir = ChanDirection::RecvOnly;
    t->elem = chanElem();
    return t;
  }
  case Token::Func:
    next();
    return funcType("function type");
  case Token::Lbrack:
    next();
    if (got(Token::Rbrack)) return sliceType(at);
    return arrayType(at, nullptr);
  case Token::Chan: {
    next();
    auto* t = make<ChanType>(at);
    if (got(Token::Arrow)) t->dir = ChanDirection::SendOnly;
    t->elem = chanElem();
    return t;
  }
  case Token::Map: {
    next();
    want(Token::Lbrack);
    auto* t = make<MapType>(at);
    t->key = type();
    want(Token::Rbrack);
    t->value = type();
    return t;
  }
  case Token::Struct: return structType();
  case Token::Interface: return interfaceType();
  case Token::Name: return qualifiedName(nullptr);
  case Token::Lparen: {
    next();
    Expr* t = type();
    want(Token::Rparen);
    return t;
  }
  default: return nullptr;
  }
}

Expr* Parser::qualifiedName(Name* first) {
  Expr* x = first;
  if (!x) {
    if (tok == Token::Name) {
      x = name();
    } else {
      auto* blankName = make<Name>(pos());
      blankName->value = "_";
      x = blankName;
      syntaxError("expected name");
      advance({Token::Dot, Token::Semi, Token::Rbrace});
    }
  }
  if (tok == Token::Dot) {
    auto* s = make<SelectorExpr>(pos());
    next();
    s->x = x;
    s->sel = name();
    x = s;
  }
  if (tok == Token::Lbrack) x = typeInstance(x);
  return x;
}

Expr* Parser::typeInstance(Expr* generic) {
  auto* x = make<IndexExpr>(pos());
  want(Token::Lbrack);
  x->x = generic;
  if (tok == Token::Rbrack) {
    syntaxError("expected type argument list");
    x->index = badExpr();
  } else {
    bool comma;
    x->index = typeList(true, comma);
  }
  want(Token::Rbrack);
  return x;
}

/// A signature. Type parameters go to *tparams; they are an error if `context` says where we are.
FuncType* Parser::funcType(const char* context, std::vector<Field*>* tparams) {
  auto* t = make<FuncType>(pos());
  if (got(Token::Lbrack)) {
    if (*context) syntaxErrorAt(t->pos, std::string(context) + " must have no type parameters");
    if (tok == Token::Rbrack) {
      syntaxError("empty type parameter list");
      next();
    } else {
      std::vector<Field*> fields = paramList(nullptr, nullptr, Token::Rbrack, true, false);
      if (tparams) *tparams = std::move(fields);
    }
  }
  want(Token::Lparen);
  t->params = paramList(nullptr, nullptr, Token::Rparen, false, true);
  t->results = funcResult();
  return t;
}

std::vector<Field*> Parser::funcResult() {
  if (got(Token::Lparen)) return paramList(nullptr, nullptr, Token::Rparen, false, false);
  Pos at = pos();
  Expr* t = typeOrNull();
  if (!t) return {};
  auto* f = make<Field>(at);
  f->typeExpr = t;
  return {f};
}

/// After "[" at `at`, and after the length if it is given.
Expr* Parser::arrayType(Pos at, Expr* length) {
  if (!length && !got(Token::DotDotDot)) {
    expressionNest_++;
    length = expr();
    expressionNest_--;
  }
  if (tok == Token::Comma) { // fine in a type parameter list, not here
    syntaxError("unexpected comma; expected ]");
    next();
  }
  want(Token::Rbrack);
  auto* t = make<ArrayType>(at);
  t->len = length;
  t->elem = type();
  return t;
}

Expr* Parser::sliceType(Pos at) {
  auto* t = make<SliceType>(at);
  t->elem = type();
  return t;
}

Expr* Parser::chanElem() {
  if (Expr* t = typeOrNull()) return t;
  Expr* t = badExpr();
  syntaxError("missing channel element type"); // nothing to skip: the type is just missing
  return t;
}

/// From "[" on: an array or slice type, or an IndexExpr without x (the caller sets it).
Expr* Parser::arrayOrTypeArgs() {
  Pos at = pos();
  want(Token::Lbrack);
  if (got(Token::Rbrack)) return sliceType(at);
  bool comma;
  Expr* n = typeList(false, comma);
  want(Token::Rbrack);
  if (!comma) {
    if (Expr* elem = typeOrNull()) {
      auto* t = make<ArrayType>(at);
      t->len = n;
      t->elem = elem;
      return t;
    }
  }
  auto* t = make<IndexExpr>(at);
  t->index = n;
  return t;
}

// ---- structs

StructType* Parser::structType() {
  auto* t = make<StructType>(pos());
  want(Token::Struct);
  want(Token::Lbrace);
  list("struct type", Token::Semi, Token::Rbrace, [&] {
    fieldDecl(t);
    return false;
  });
  return t;
}

void Parser::addField(StructType* type, Pos at, Name* name, Expr* typeExpr, BasicLit* tag) {
  if (tag) {
    type->tags.resize(type->fields.size());
    type->tags.push_back(tag);
  }
  auto* f = make<Field>(at);
  f->name = name;
  f->typeExpr = typeExpr;
  type->fields.push_back(f);
}

void Parser::fieldDecl(StructType* structType) {
  Pos at = pos();
  switch (tok) {
  case Token::Name: {
    Name* first = name();
    if (tok == Token::Dot || tok == Token::Literal || tok == Token::Semi || tok == Token::Rbrace) {
      Expr* t = qualifiedName(first);
      addField(structType, at, nullptr, t, literalOrNull());
      return;
    }
    std::vector<Name*> names = nameList(first);
    Expr* t;
    if (names.size() == 1 && tok == Token::Lbrack) {
      t = arrayOrTypeArgs();
      if (auto* instance = llvm::dyn_cast<IndexExpr>(t)) {
        instance->x = first;
        addField(structType, at, nullptr, instance, literalOrNull());
        return;
      }
    } else {
      t = type();
    }
    BasicLit* tag = literalOrNull();
    for (Name* n : names) addField(structType, n->pos, n, t, tag);
    return;
  }
  case Token::Star: {
    next();
    Expr* t;
    if (tok == Token::Lparen) {
      syntaxError("cannot parenthesize embedded type");
      next();
      t = qualifiedName(nullptr);
      got(Token::Rparen);
    } else {
      t = qualifiedName(nullptr);
    }
    BasicLit* tag = literalOrNull();
    addField(structType, at, nullptr, indirect(at, t), tag);
    return;
  }
  case Token::Lparen: {
    syntaxError("cannot parenthesize embedded type");
    next();
    Expr* t;
    if (tok == Token::Star) {
      Pos star = pos();
      next();
      t = indirect(star, qualifiedName(nullptr));
    } else {
      t = qualifiedName(nullptr);
    }
    got(Token::Rparen);
    addField(structType, at, nullptr, t, literalOrNull());
    return;
  }
  default:
    syntaxError("expected field name or embedded type");
    advance({Token::Semi, Token::Rbrace});
  }
}

// ---- interfaces

InterfaceType* Parser::interfaceType() {
  auto* t = make<InterfaceType>(pos());
  want(Token::Interface);
  want(Token::Lbrace);
  size_t mark = scratch_.size();
  list("interface type", Token::Semi, Token::Rbrace, [&] {
    Field* f = tok == Token::Name ? methodDecl() : nullptr;
    if (!f || !f->name) f = embeddedElem(f);
    scratch_.push_back(f);
    return false;
  });
  t->methods = take<Field>(mark);
  return t;
}

Field* Parser::methodDecl() {
  auto* f = make<Field>(pos());
  Name* method = name();
  constexpr const char* context = "interface method";

  if (tok == Token::Lparen) {
    f->name = method;
    f->typeExpr = funcType(context);
    return f;
  }
  if (tok != Token::Lbrack) {
    f->typeExpr = qualifiedName(method);
    return f;
  }

  // m[T C](x T), which is an error, or an embedded instance T[P1, P2]: both read as a parameter list.
  Pos at = pos();
  next();
  if (tok == Token::Rbrack) {
    Pos close = pos();
    next();
    if (tok == Token::Lparen) {
      errorAt(close, "empty type parameter list");
      f->name = method;
      f->typeExpr = funcType(context);
    } else {
      errorAt(close, "empty type argument list");
      f->typeExpr = method;
    }
    return f;
  }
  std::vector<Field*> fields = paramList(nullptr, nullptr, Token::Rbrack, false, false);
  if (fields.empty()) { // there were errors: as if [] were absent
    if (tok == Token::Lparen) {
      f->name = method;
      f->typeExpr = funcType(context);
    } else {
      f->typeExpr = method;
    }
    return f;
  }
  if (fields[0]->name) {
    f->name = method;
    f->typeExpr = funcType(context);
    errorAt(at, "interface method must have no type parameters");
    return f;
  }
  auto* t = make<IndexExpr>(at);
  t->x = method;
  if (fields.size() == 1) {
    t->index = fields[0]->typeExpr;
  } else {
    auto* l = make<ListExpr>(fields[0]->pos);
    l->elems.reserve(fields.size());
    for (Field* p : fields) l->elems.push_back(p->typeExpr);
    t->index = l;
  }
  f->typeExpr = t;
  return f;
}

/// The terms after the first, which `f` holds if it is given: T | ~U | ...
Field* Parser::embeddedElem(Field* f) {
  if (!f) {
    f = make<Field>(pos());
    f->typeExpr = embeddedTerm();
  }
  while (tok == Token::Operator && op == Op::Or) {
    auto* t = make<Operation>(pos());
    t->op = Op::Or;
    next();
    t->x = f->typeExpr;
    t->y = embeddedTerm();
    f->typeExpr = t;
  }
  return f;
}

Expr* Parser::embeddedTerm() {
  if (tok == Token::Operator && op == Op::Tilde) {
    auto* t = make<Operation>(pos());
    t->op = Op::Tilde;
    next();
    t->x = type();
    return t;
  }
  if (Expr* t = typeOrNull()) return t;
  Expr* t = badExpr();
  syntaxError("expected ~ term or type");
  advance({Token::Operator, Token::Semi, Token::Rparen, Token::Rbrack, Token::Rbrace});
  return t;
}

// ---- parameters

/// One parameter; a lone name stays in `name` until paramList knows whether it is one or a type.
Field* Parser::paramDeclOrNull(Name* first, Token follow) {
  bool typeSetsOk = follow == Token::Rbrack; // unions and ~ are for type parameters only
  auto atOr = [&] { return typeSetsOk && tok == Token::Operator && op == Op::Or; };
  auto atTilde = [&] { return typeSetsOk && tok == Token::Operator && op == Op::Tilde; };

  Pos at = first ? first->pos : pos();
  if (!first && atTilde()) return embeddedElem(nullptr);

  auto* f = make<Field>(at);
  if (first || tok == Token::Name) {
    if (!first) first = name();
    if (tok == Token::Lbrack) {
      f->typeExpr = arrayOrTypeArgs();
      if (auto* instance = llvm::dyn_cast<IndexExpr>(f->typeExpr))
        instance->x = first;
      else
        f->name = first;
      return atOr() ? embeddedElem(f) : f;
    }
    if (tok == Token::Dot) {
      f->typeExpr = qualifiedName(first);
      return atOr() ? embeddedElem(f) : f;
    }
    if (atOr()) {
      f->typeExpr = first;
      return embeddedElem(f);
    }
    f->name = first;
  }
  if (tok == Token::DotDotDot) {
    auto* t = make<DotsType>(pos());
    next();
    t->elem = typeOrNull();
    if (!t->elem) {
      f->typeExpr = badExpr();
      syntaxError("... is missing type");
    } else {
      f->typeExpr = t;
    }
    return f;
  }
  if (atTilde()) {
    f->typeExpr = embeddedElem(nullptr)->typeExpr;
    return f;
  }
  f->typeExpr = typeOrNull();
  if (f->typeExpr && atOr()) f = embeddedElem(f);
  if (f->name || f->typeExpr) return f;
  syntaxError(std::string("expected ") + tokenText(follow));
  advance({Token::Comma, follow});
  return nullptr;
}

/// After the opening bracket. `first` and `typeExpr`, if given, were read already: the first name, and its type too.
std::vector<Field*> Parser::paramList(Name* first, Expr* typeExpr, Token close, bool requireNames, bool dotsOk) {
  auto firstField = [&] {
    auto* f = make<Field>(first->pos);
    f->name = first;
    f->typeExpr = typeExpr;
    return f;
  };
  if (first && typeExpr && tok == close) { // list() would not ask for an element
    next();
    return {firstField()};
  }
  unsigned named = 0, typed = 0; // with a name and a type; with a type
  size_t mark = scratch_.size();
  Pos end = list("parameter list", Token::Comma, close, [&] {
    Field* f = typeExpr ? firstField() : paramDeclOrNull(first, close);
    first = nullptr;
    typeExpr = nullptr;
    if (f) {
      if (f->name && f->typeExpr) named++;
      if (f->typeExpr) typed++;
      scratch_.push_back(f);
    }
    return false;
  });
  std::vector<Field*> params = take<Field>(mark);
  if (params.empty()) return params;

  if (named == 0 && !requireNames) { // none has a name: what looked like names are types
    for (Field* f : params) {
      if (!f->name) continue;
      f->typeExpr = f->name;
      f->name = nullptr;
    }
  } else if (named != params.size()) {
    distributeTypes(params, named, typed, end, requireNames);
  }

  bool reported = false;
  for (size_t i = 0; i < params.size(); i++) {
    auto* dots = llvm::dyn_cast_or_null<DotsType>(params[i]->typeExpr);
    if (!dots || (dotsOk && i + 1 == params.size())) continue;
    if (!reported) errorAt(dots->pos, dotsOk ? "can only use ... with final parameter" : "invalid use of ...");
    reported = true;
    params[i]->typeExpr = dots->elem;
  }
  return params;
}

/// Some have names, so all must: a, b T gives T to both. Reports the leftmost parameter that lacks a name, or missing types.
void Parser::distributeTypes(std::vector<Field*>& params, unsigned named, unsigned typed, Pos end, bool requireNames) {
  Pos bad;
  Expr* current = nullptr;
  for (size_t i = params.size(); i-- > 0;) {
    Field* f = params[i];
    if (f->typeExpr) {
      current = f->typeExpr;
      if (!f->name) {
        bad = startPos(current);
        f->name = make<Name>(bad);
        f->name->value = "_";
      }
    } else if (current) {
      f->typeExpr = current;
    } else { // only a name, and no type to its right
      bad = f->name->pos;
      f->typeExpr = make<BadExpr>(bad);
    }
  }
  if (!bad.isKnown()) return;
  std::string message;
  if (named == typed) { // the types are missing at the end of the list
    bad = end;
    message = requireNames ? "missing type constraint" : "missing parameter type";
  } else {
    message = requireNames ? "missing type parameter name" : "missing parameter name";
    if (requireNames && params.size() == 1) message += " or invalid array length";
  }
  syntaxErrorAt(bad, message);
}

} // namespace stoat
