/* sld_filter.c - OGC filters and expressions as style expressions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "styles/sld.h"

enum { TEXT_MAX = 256 };

static const xmlNode *next_element(const xmlNode *node)
{
    while (node != NULL && node->type != XML_ELEMENT_NODE) {
        node = node->next;
    }
    return node;
}

/* What an operand is: a property, a constant, or something calculated. */
struct operand {
    const char *property; /* in `text` */
    bool literal, numeric;
    double number;
    char text[TEXT_MAX];
    json_t *json; /* owned */
};

static json_t *expression(struct pk_sld *s, const xmlNode *node, int depth);

static bool read_operand(struct pk_sld *s, const xmlNode *node, int depth,
                         struct operand *out)
{
    memset(out, 0, sizeof(*out));
    if (node == NULL) {
        return false;
    }
    if (pk_sld_is(node, "PropertyName") || pk_sld_is(node, "ValueReference")) {
        if (!pk_sld_text(node, out->text, sizeof(out->text))) {
            return false;
        }
        out->property = out->text;
        out->json = json_pack("[ss]", "get", out->text);
    } else if (pk_sld_is(node, "Literal")) {
        (void)pk_sld_text(node, out->text, sizeof(out->text));
        out->literal = true;
        out->numeric =
            pk_parse_all_double(out->text, &out->number) && isfinite(out->number);
        out->json = out->numeric ? json_real(out->number) : json_string(out->text);
    } else {
        out->json = expression(s, node, depth + 1);
    }
    return out->json != NULL;
}

struct named {
    const char *name, *op;
};

static const char *op_of(const xmlNode *node, const struct named *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (pk_sld_is(node, list[i].name)) {
            return list[i].op;
        }
    }
    return NULL;
}

/* All operands of a call as numbers or texts. */
static json_t *call(struct pk_sld *s, const xmlNode *node, const char *op, const char *as,
                    int depth)
{
    json_t *out = json_pack("[s]", op);
    for (const xmlNode *c = next_element(node->children); c != NULL;
         c = next_element(c->next)) {
        struct operand o;
        if (!read_operand(s, c, depth, &o)) {
            json_decref(out);
            return NULL;
        }
        json_array_append_new(out, o.literal && strcmp(as, "to-number") == 0
                                       ? o.json
                                       : json_pack("[so]", as, o.json));
    }
    return out;
}

static json_t *function(struct pk_sld *s, const xmlNode *node, int depth)
{
    static const struct {
        const char *name, *op, *as;
    } known[] = {
        {"strToUpperCase", "upcase",   "to-string"},
        {"upper",          "upcase",   "to-string"},
        {"strToLowerCase", "downcase", "to-string"},
        {"lower",          "downcase", "to-string"},
        {"Concatenate",    "concat",   "to-string"},
        {"concat",         "concat",   "to-string"},
        {"strConcat",      "concat",   "to-string"},
        {"strLength",      "length",   "to-string"},
        {"length",         "length",   "to-string"},
        {"abs",            "abs",      "to-number"},
        {"ceil",           "ceil",     "to-number"},
        {"floor",          "floor",    "to-number"},
        {"round",          "round",    "to-number"},
        {"sqrt",           "sqrt",     "to-number"},
        {"min",            "min",      "to-number"},
        {"max",            "max",      "to-number"},
    };
    xmlChar *name = xmlGetProp((xmlNode *)(uintptr_t)node, (const xmlChar *)"name");
    json_t *out = NULL;
    bool found = false;
    for (size_t i = 0; name != NULL && i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp((const char *)name, known[i].name) == 0) {
            found = true;
            out = call(s, node, known[i].op, known[i].as, depth);
            break;
        }
    }
    if (!found) {
        pk_sld_lost(s, node, "the function \"%.60s\" is not known",
                    name != NULL ? (const char *)name : "");
    }
    xmlFree(name);
    return out;
}

static json_t *expression(struct pk_sld *s, const xmlNode *node, int depth)
{
    static const struct named arithmetic[] = {
        {"Add", "+"},
        {"Sub", "-"},
        {"Mul", "*"},
        {"Div", "/"},
    };
    const char *op = op_of(node, arithmetic, 4);
    if (depth > PK_SLD_DEPTH_MAX) {
        pk_sld_lost(s, node, "too deep");
        return NULL;
    }
    if (op != NULL) {
        return call(s, node, op, "to-number", depth);
    }
    if (pk_sld_is(node, "Function")) {
        return function(s, node, depth);
    }
    pk_sld_lost(s, node, "this expression has no counterpart");
    return NULL;
}

/* `made`, for features that have the operands' properties: nothing compares with what
 * is not there. */
static json_t *where_there(const struct operand *a, const struct operand *b, json_t *made)
{
    json_t *all = json_pack("[s]", "all");
    const struct operand *both[2] = {a, b};
    for (int i = 0; i < 2; i++) {
        if (both[i] != NULL && both[i]->property != NULL) {
            json_array_append_new(all, json_pack("[ss]", "has", both[i]->property));
        }
    }
    json_array_append_new(all, made);
    return all;
}

/* As a number where the other one is, else as text. */
static json_t *side(const struct operand *o, bool numbers)
{
    if (o->literal) {
        return numbers ? json_real(o->number) : json_string(o->text);
    }
    return json_pack("[sO]", numbers ? "to-number" : "to-string", o->json);
}

static json_t *compare(struct pk_sld *s, const xmlNode *node, const char *op, int depth)
{
    const xmlNode *first = next_element(node->children);
    const xmlNode *second = first != NULL ? next_element(first->next) : NULL;
    struct operand a, b = {0};
    json_t *out = NULL;
    if (read_operand(s, first, depth, &a) && read_operand(s, second, depth, &b)) {
        bool numbers = (a.numeric || !a.literal) && (b.numeric || !b.literal) &&
                       (a.numeric || b.numeric);
        out = where_there(&a, &b,
                          json_pack("[soo]", op, side(&a, numbers), side(&b, numbers)));
    }
    json_decref(a.json);
    json_decref(b.json);
    return out;
}

static json_t *between(struct pk_sld *s, const xmlNode *node, int depth)
{
    struct operand v, lo = {0}, hi = {0};
    const xmlNode *low = pk_sld_child(node, "LowerBoundary");
    const xmlNode *high = pk_sld_child(node, "UpperBoundary");
    json_t *out = NULL;
    if (read_operand(s, next_element(node->children), depth, &v) && low != NULL &&
        high != NULL && read_operand(s, next_element(low->children), depth, &lo) &&
        read_operand(s, next_element(high->children), depth, &hi)) {
        json_t *from = json_pack("[soo]", ">=", side(&v, true),
                                 json_pack("[sO]", "to-number", lo.json));
        json_t *to = json_pack("[soo]", "<=", side(&v, true),
                               json_pack("[sO]", "to-number", hi.json));
        out = where_there(&v, NULL, json_pack("[soo]", "all", from, to));
    }
    json_decref(v.json);
    json_decref(lo.json);
    json_decref(hi.json);
    return out;
}

static json_t *is_null(struct pk_sld *s, const xmlNode *node, int depth)
{
    struct operand v;
    json_t *out = NULL;
    if (read_operand(s, next_element(node->children), depth, &v)) {
        out = json_pack("[sOn]", "==", v.json);
    }
    json_decref(v.json);
    return out;
}

/* Text with wildcards at its ends alone. */
static json_t *like(struct pk_sld *s, const xmlNode *node, int depth)
{
    xmlNode *attributes = (xmlNode *)(uintptr_t)node;
    xmlChar *wild = xmlGetProp(attributes, (const xmlChar *)"wildCard");
    xmlChar *single = xmlGetProp(attributes, (const xmlChar *)"singleChar");
    xmlChar *matches = xmlGetProp(attributes, (const xmlChar *)"matchCase");
    char w = wild != NULL ? (char)wild[0] : '%',
         one = single != NULL ? (char)single[0] : '_';
    bool fold = matches != NULL && strcmp((const char *)matches, "false") == 0;
    xmlFree(wild);
    xmlFree(single);
    xmlFree(matches);
    const xmlNode *first = next_element(node->children);
    struct operand v, p = {0};
    json_t *out = NULL;
    if (read_operand(s, first, depth, &v) &&
        read_operand(s, next_element(first->next), depth, &p) && p.literal) {
        char *text = p.text;
        size_t len = strlen(text);
        bool start = len > 0 && text[0] == w, end = len > 1 && text[len - 1] == w;
        text[len - (end ? 1 : 0)] = '\0';
        text += start ? 1 : 0;
        if (strchr(text, w) != NULL || strchr(text, one) != NULL ||
            strchr(text, '\\') != NULL) {
            pk_sld_lost(s, node, "only wildcards at the ends of a text are known");
        } else {
            long long n = 0;
            for (const char *c = text; *c != '\0'; c++) {
                n += ((unsigned char)*c & 0xc0) != 0x80;
            }
            json_t *value = json_pack("[sO]", "to-string", v.json);
            json_t *what = json_string(text);
            if (fold) {
                value = json_pack("[so]", "downcase", value);
                what = json_pack("[so]", "downcase", what);
            }
            if (start && end) {
                out = json_pack("[soo]", "in", what, value);
            } else if (start || end) {
                json_t *part = start ? json_pack("[soI]", "slice", value, (json_int_t)-n)
                                     : json_pack("[soII]", "slice", value, (json_int_t)0,
                                                 (json_int_t)n);
                out = json_pack("[soo]", "==", n == 0 ? json_string("") : part, what);
                if (n == 0) {
                    json_decref(part);
                }
            } else {
                out = json_pack("[soo]", "==", value, what);
            }
            out = where_there(&v, NULL, out);
        }
    }
    json_decref(v.json);
    json_decref(p.json);
    return out;
}

static json_t *condition(struct pk_sld *s, const xmlNode *node, int depth);

static json_t *conditions(struct pk_sld *s, const xmlNode *node, const char *op,
                          int depth)
{
    json_t *out = json_pack("[s]", op);
    for (const xmlNode *c = next_element(node->children); c != NULL;
         c = next_element(c->next)) {
        json_t *one = condition(s, c, depth + 1);
        if (one == NULL) {
            json_decref(out);
            return NULL;
        }
        json_array_append_new(out, one);
    }
    return out;
}

static json_t *condition(struct pk_sld *s, const xmlNode *node, int depth)
{
    static const struct named comparisons[] = {
        {"PropertyIsEqualTo",              "=="},
        {"PropertyIsNotEqualTo",           "!="},
        {"PropertyIsLessThan",             "<" },
        {"PropertyIsLessThanOrEqualTo",    "<="},
        {"PropertyIsGreaterThan",          ">" },
        {"PropertyIsGreaterThanOrEqualTo", ">="},
    };
    const char *op = op_of(node, comparisons, 6);
    if (depth > PK_SLD_DEPTH_MAX) {
        pk_sld_lost(s, node, "too deep");
        return NULL;
    }
    if (op != NULL) {
        return compare(s, node, op, depth);
    }
    if (pk_sld_is(node, "And") || pk_sld_is(node, "Or")) {
        return conditions(s, node, pk_sld_is(node, "And") ? "all" : "any", depth);
    }
    if (pk_sld_is(node, "Not")) {
        const xmlNode *inner = next_element(node->children);
        json_t *what = inner != NULL ? condition(s, inner, depth + 1) : NULL;
        return what != NULL ? json_pack("[so]", "!", what) : NULL;
    }
    if (pk_sld_is(node, "PropertyIsBetween")) {
        return between(s, node, depth);
    }
    if (pk_sld_is(node, "PropertyIsNull") || pk_sld_is(node, "PropertyIsNil")) {
        return is_null(s, node, depth);
    }
    if (pk_sld_is(node, "PropertyIsLike")) {
        return like(s, node, depth);
    }
    pk_sld_lost(s, node, "this condition has no counterpart");
    return NULL;
}

json_t *pk_sld_filter(struct pk_sld *s, const xmlNode *filter)
{
    const xmlNode *inner = next_element(filter->children);
    if (inner == NULL) {
        pk_sld_lost(s, filter, "is empty");
        return NULL;
    }
    return condition(s, inner, 0);
}

json_t *pk_sld_label(struct pk_sld *s, const xmlNode *label)
{
    json_t *out = json_pack("[s]", "concat");
    for (const xmlNode *c = label->children; c != NULL; c = c->next) {
        struct operand o = {0};
        char text[TEXT_MAX];
        if (c->type == XML_ELEMENT_NODE) {
            if (read_operand(s, c, 0, &o)) {
                json_array_append_new(out, o.literal
                                               ? json_string(o.text)
                                               : json_pack("[sO]", "to-string", o.json));
            }
            json_decref(o.json);
        } else if ((c->type == XML_TEXT_NODE || c->type == XML_CDATA_SECTION_NODE) &&
                   pk_sld_text(c, text, sizeof(text))) {
            json_array_append_new(out, json_string(text));
        }
    }
    if (json_array_size(out) < 2) {
        json_decref(out);
        return NULL;
    }
    return out;
}
