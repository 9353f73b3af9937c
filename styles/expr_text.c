#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "base/text.h"
#include "styles/colour.h"
#include "styles/expr.h"

static struct pk_ev fail(struct pk_eval *e)
{
    e->failed = true;
    return (struct pk_ev){.type = PK_T_NULL};
}

static struct pk_ev arg(struct pk_eval *e, const struct pk_node *n, uint32_t i)
{
    return pk_eval(e, e->program->args[n->args + i]);
}

size_t pk_eval_cut(const char *s, size_t len, size_t max)
{
    if (len <= max) {
        return len;
    }
    while (max > 0 && ((unsigned char)s[max] & 0xc0) == 0x80) {
        max--;
    }
    return max;
}

struct pk_ev pk_eval_string(struct pk_eval *e, const char *s, size_t len)
{
    size_t room = PK_EXPR_SCRATCH_TEXT - e->text_used;
    if (room == 0) {
        return (struct pk_ev){PK_T_STRING, 0, {.string = ""}};
    }
    len = pk_eval_cut(s, len, room - 1);
    char *out = e->text + e->text_used;
    memcpy(out, s, len);
    out[len] = '\0';
    e->text_used += (uint32_t)len + 1;
    return (struct pk_ev){PK_T_STRING, (uint32_t)len, {.string = out}};
}

static struct pk_ev static_string(const char *s)
{
    return (struct pk_ev){PK_T_STRING, (uint32_t)strlen(s), {.string = s}};
}

/* The fewest digits that say the number, as JavaScript writes it; very small and very
 * large ones with at most ten decimals and no exponent: people read it on a map. */
static struct pk_ev number_text(struct pk_eval *e, double v)
{
    if (isnan(v)) {
        return static_string("NaN");
    }
    if (fabs(v) >= 1e21) {
        return static_string(v < 0 ? "-Infinity" : "Infinity");
    }
    char text[64];
    for (int digits = 15; digits <= 17; digits++) {
        double back;
        (void)snprintf(text, sizeof(text), "%.*g", digits, v);
        if (strchr(text, 'e') == NULL && pk_parse_all_double(text, &back) &&
            !(back < v) && !(back > v)) {
            return pk_eval_string(e, v < 0 || v > 0 ? text : "0",
                                  v < 0 || v > 0 ? strlen(text) : 1);
        }
    }
    pk_text_fixed(text, sizeof(text), v, 10);
    return pk_eval_string(e, text, strlen(text));
}

/* "rgba(255,0,0,1)", as the specification wants. */
static struct pk_ev colour_text(struct pk_eval *e, const struct pk_ev *v)
{
    char text[96] = "rgba(";
    for (int i = 0; i < 4; i++) {
        char part[24];
        double c = (double)v->u.colour[i];
        pk_text_fixed(part, sizeof(part), i < 3 ? floor(c + 0.5) : c, 3);
        size_t at = strlen(text), len = strlen(part);
        memcpy(text + at, part, len);
        memcpy(text + at + len, i < 3 ? "," : ")", 2);
    }
    return pk_eval_string(e, text, strlen(text));
}

struct pk_ev pk_eval_to_string(struct pk_eval *e, const struct pk_ev *v)
{
    switch (v->type) {
    case PK_T_STRING:
        return *v;
    case PK_T_BOOL:
        return static_string(v->u.number != 0 ? "true" : "false");
    case PK_T_NUMBER:
        return number_text(e, v->u.number);
    case PK_T_COLOUR:
        return colour_text(e, v);
    case PK_T_ARRAY: { /* items with commas between */
        struct pk_ev out = static_string("");
        for (uint32_t i = 0; i < v->len; i++) {
            struct pk_ev item = pk_eval_to_string(e, &v->u.items[i]);
            char joined[PK_STYLE_TEXT_MAX];
            size_t a = pk_eval_cut(out.u.string, out.len, sizeof(joined) - 2);
            memcpy(joined, out.u.string, a);
            if (i > 0) {
                joined[a++] = ',';
            }
            size_t b = pk_eval_cut(item.u.string, item.len, sizeof(joined) - a);
            memcpy(joined + a, item.u.string, b);
            out = pk_eval_string(e, joined, a + b);
        }
        return out;
    }
    default:
        return static_string("");
    }
}

struct pk_ev pk_eval_needle(struct pk_eval *e, const struct pk_ev *v)
{
    return v->type == PK_T_NULL ? static_string("null") : pk_eval_to_string(e, v);
}

static struct pk_ev concat(struct pk_eval *e, const struct pk_node *n)
{
    char text[PK_EXPR_SCRATCH_TEXT / 2];
    size_t len = 0;
    for (uint32_t i = 0; i < n->argc && !e->failed; i++) {
        uint32_t text_mark = e->text_used, item_mark = e->items_used;
        struct pk_ev v = arg(e, n, i);
        struct pk_ev s = pk_eval_to_string(e, &v);
        size_t take = pk_eval_cut(s.u.string, s.len, sizeof(text) - len);
        memcpy(text + len, s.u.string, take);
        len += take;
        e->text_used = text_mark; /* the piece is copied: its room is free again */
        e->items_used = item_mark;
        if (take < s.len) {
            break;
        }
    }
    return e->failed ? fail(e) : pk_eval_string(e, text, len);
}

/* Simple case of Latin-1, Latin Extended-A, Greek and Cyrillic letters: what
 * names on a Nordic map are written with. Others stay as they are. */
static uint32_t change_case(uint32_t c, bool up)
{
    if (c < 0x80) {
        bool lower = c >= 'a' && c <= 'z', upper = c >= 'A' && c <= 'Z';
        return up && lower ? c - 32 : !up && upper ? c + 32 : c;
    }
    if (c >= 0xe0 && c <= 0xfe && c != 0xf7) {
        return up ? c - 32 : c;
    }
    if (c >= 0xc0 && c <= 0xde && c != 0xd7) {
        return up ? c : c + 32;
    }
    if ((c >= 0x100 && c <= 0x137 && c != 0x130 && c != 0x131) ||
        (c >= 0x14a && c <= 0x177)) {
        return up ? c & ~1U : c | 1U;
    }
    if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e)) {
        return up ? ((c - 1) | 1U) : (c + 1) & ~1U;
    }
    if ((c >= 0x3b1 && c <= 0x3c9 && c != 0x3c2) || (c >= 0x430 && c <= 0x44f)) {
        return up ? c - 32 : c;
    }
    if ((c >= 0x391 && c <= 0x3a9 && c != 0x3a2) || (c >= 0x410 && c <= 0x42f)) {
        return up ? c : c + 32;
    }
    if (c >= 0x400 && c <= 0x45f) {
        return up ? (c >= 0x450 ? c - 80 : c) : c <= 0x40f ? c + 80 : c;
    }
    return c;
}

static size_t put_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

struct pk_ev pk_eval_case(struct pk_eval *e, const struct pk_ev *v, bool up)
{
    char text[PK_EXPR_SCRATCH_TEXT / 2];
    size_t len = 0;
    const char *p = v->u.string, *end = p + v->len;
    while (p < end && len + 4 <= sizeof(text)) {
        uint32_t c = pk_utf8_next(&p);
        if (c == 0) {
            break;
        }
        len += put_utf8(text + len, change_case(c, up));
    }
    return pk_eval_string(e, text, len);
}

static struct pk_ev cased(struct pk_eval *e, const struct pk_node *n)
{
    struct pk_ev v = arg(e, n, 0);
    return v.type == PK_T_STRING ? pk_eval_case(e, &v, n->op == PK_OP_UPCASE) : fail(e);
}

static double character_count(const char *s, size_t len)
{
    double n = 0;
    for (size_t i = 0; i < len; i++) {
        n += ((unsigned char)s[i] & 0xc0) != 0x80;
    }
    return n;
}

/* Byte where character i begins; the end for i past it. */
static size_t byte_of(const struct pk_ev *v, double i)
{
    size_t at = 0;
    double n = 0;
    while (at < v->len) {
        if (((unsigned char)v->u.string[at] & 0xc0) != 0x80) {
            if (n >= i) {
                break;
            }
            n++;
        }
        at++;
    }
    return at;
}

static struct pk_ev length(struct pk_eval *e, const struct pk_node *n)
{
    struct pk_ev v = arg(e, n, 0);
    if (v.type == PK_T_STRING) {
        return pk_ev_number(character_count(v.u.string, v.len));
    }
    return v.type == PK_T_ARRAY ? pk_ev_number(v.len) : fail(e);
}

/* Start or end of a slice, counted from the end when it is negative. */
static double slice_end(double i, double count)
{
    i = i < 0 ? count + ceil(i) : floor(i);
    return i < 0 ? 0 : i > count ? count : i;
}

static struct pk_ev slice(struct pk_eval *e, const struct pk_node *n)
{
    struct pk_ev v = arg(e, n, 0), from = arg(e, n, 1);
    bool text = v.type == PK_T_STRING;
    if (from.type != PK_T_NUMBER || isnan(from.u.number) ||
        (!text && v.type != PK_T_ARRAY)) {
        return fail(e);
    }
    double count = text ? character_count(v.u.string, v.len) : v.len;
    double a = slice_end(from.u.number, count), b = count;
    if (n->argc > 2) {
        struct pk_ev to = arg(e, n, 2);
        if (to.type != PK_T_NUMBER || isnan(to.u.number)) {
            return fail(e);
        }
        b = slice_end(to.u.number, count);
    }
    b = b < a ? a : b;
    if (text) {
        size_t start = byte_of(&v, a), end = byte_of(&v, b);
        return pk_eval_string(e, v.u.string + start, end - start);
    }
    return (struct pk_ev){
        PK_T_ARRAY, (uint32_t)(b - a), {.items = v.u.items + (size_t)a}};
}

static struct pk_ev index_of(struct pk_eval *e, const struct pk_node *n)
{
    struct pk_ev needle = arg(e, n, 0), hay = arg(e, n, 1);
    double from = 0;
    if (n->argc > 2) {
        struct pk_ev v = arg(e, n, 2);
        if (v.type != PK_T_NUMBER || isnan(v.u.number)) {
            return fail(e);
        }
        from = v.u.number < 0 ? 0 : v.u.number;
    }
    if (hay.type == PK_T_ARRAY) {
        for (double i = floor(from); i < hay.len; i++) {
            if (pk_ev_equal(&needle, &hay.u.items[(uint32_t)i])) {
                return pk_ev_number(i);
            }
        }
        return pk_ev_number(-1);
    }
    if (hay.type != PK_T_STRING) {
        return fail(e);
    }
    struct pk_ev s = pk_eval_needle(e, &needle);
    size_t start = byte_of(&hay, from);
    const char *hit = memmem(hay.u.string + start, hay.len - start, s.u.string, s.len);
    return pk_ev_number(
        hit == NULL ? -1 : character_count(hay.u.string, (size_t)(hit - hay.u.string)));
}

/* Digits in groups of three: Swedish with a no-break space and a comma (kind 1),
 * otherwise with commas and a point. */
static struct pk_ev number_format(struct pk_eval *e, const struct pk_node *n)
{
    struct pk_ev v = arg(e, n, 0);
    if (v.type != PK_T_NUMBER || !isfinite(v.u.number) || fabs(v.u.number) >= 1e21) {
        return fail(e);
    }
    uint32_t min = n->aux >> 8, max = n->aux & 0xff;
    char digits[64], out[160];
    pk_text_fixed(digits, sizeof(digits), v.u.number, (int)max);
    size_t len = 0, whole = strcspn(digits, "."), decimals = 0;
    for (size_t i = 0; digits[i] != '\0'; i++) {
        if (i < whole) {
            bool minus = digits[0] == '-';
            if (i > (minus ? 1U : 0U) && (whole - i) % 3 == 0) {
                const char *gap = n->kind == 1 ? "\xc2\xa0" : ",";
                memcpy(out + len, gap, strlen(gap));
                len += strlen(gap);
            }
            out[len++] = digits[i];
        } else if (i == whole) {
            out[len++] = n->kind == 1 ? ',' : '.';
        } else {
            out[len++] = digits[i];
            decimals++;
        }
    }
    if (decimals == 0 && min > 0) {
        out[len++] = n->kind == 1 ? ',' : '.';
    }
    for (; decimals < min; decimals++) {
        out[len++] = '0';
    }
    return pk_eval_string(e, out, len);
}

static struct pk_ev type_of(struct pk_eval *e, const struct pk_node *n)
{
    struct pk_ev v = arg(e, n, 0);
    return static_string(pk_type_name(v.type));
}

struct pk_ev pk_eval_text(struct pk_eval *e, const struct pk_node *n)
{
    switch (n->op) {
    case PK_OP_CONCAT:
        return concat(e, n);
    case PK_OP_LENGTH:
        return length(e, n);
    case PK_OP_SLICE:
        return slice(e, n);
    case PK_OP_INDEX_OF:
        return index_of(e, n);
    case PK_OP_TYPEOF:
        return type_of(e, n);
    case PK_OP_NUMBER_FORMAT:
        return number_format(e, n);
    case PK_OP_TO_STRING: {
        struct pk_ev v = arg(e, n, 0);
        return e->failed ? v : pk_eval_to_string(e, &v);
    }
    default:
        return cased(e, n);
    }
}
