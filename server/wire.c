#include "server/wire.h"

#include <string.h>

enum {
    START, /* of a request: one empty line is skipped (RFC 9112, 2.2) */
    START_LF,
    METHOD,
    TARGET_FIRST,
    TARGET,
    VERSION,
    VERSION_LF,
    LINE_FIRST, /* the first header line: nothing that it could continue */
    LINE,
    NAME,
    VALUE,
    VALUE_LF,
    END_LF,
    BODY,
    CHUNK_SIZE,
    CHUNK_SIZE_LF,
    CHUNK,
    CHUNK_CR,
    CHUNK_LF,
    LAST_CR,
    LAST_LF,
    BAD
};

enum { CHUNK_DIGITS_MAX = 8 };

static const char VERSION_TEXT[] = "HTTP/n.n"; /* n: a digit */

static const char CONTROL[] = "a control byte in the first line or in a header";
static const char LINE_END[] = "a line that does not end in CR LF";
static const char FIRST_LINE[] = "a first line that is not method, target, version";
static const char FOLDED[] = "a header that goes on in the next line";
static const char BAD_NAME[] = "a header whose name is not one word before a colon";
static const char LENGTH[] = "a length of the body that is not told once and plainly";
static const char CHUNKS[] = "a body whose parts are not sizes and bytes alone";
static const char UNREAD[] = "headers that end in two places";

static bool is_word(unsigned char c) /* tchar, RFC 9110, 5.6.2 */
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || (c != '\0' && strchr("!#$%&'*+.^_`|~", c) != NULL);
}

static bool is_text(unsigned char c)
{
    return c >= 0x20 ? c != 0x7f : c == '\t';
}

static void fail(struct pk_wire *wire, uint64_t number, const char *fault)
{
    wire->bad_at = number;
    wire->fault = fault;
    wire->state = BAD;
}

static void bad_head(struct pk_wire *wire, unsigned char c, const char *fault)
{
    bool line = c == '\n' || c == '\r';
    fail(wire, wire->heads + 1, line ? LINE_END : is_text(c) ? fault : CONTROL);
}

/* To `next` if the byte is `wanted`. */
static void expect(struct pk_wire *wire, unsigned char c, char wanted, uint8_t next,
                   const char *fault)
{
    if (c == (unsigned char)wanted) {
        wire->state = next;
    } else {
        bad_head(wire, c, fault);
    }
}

static void begin_line(struct pk_wire *wire, uint8_t state)
{
    wire->state = state;
    wire->name_len = wire->value_len = 0;
    wire->long_value = false;
}

static void begin_request(struct pk_wire *wire)
{
    wire->whole = wire->heads;
    wire->old = wire->skipped = wire->length = wire->chunked = false;
    wire->digits = 0;
    wire->left = 0;
    wire->state = START;
}

static bool has_name(const struct pk_wire *wire, const char *name)
{
    return wire->name_len == strlen(name) &&
           memcmp(wire->name, name, wire->name_len) == 0;
}

/* Digits and nothing else, at most INT64_MAX. */
static bool read_length(struct pk_wire *wire)
{
    uint64_t number = 0;
    for (size_t i = 0; i < wire->value_len; i++) {
        char c = wire->value[i];
        if (c < '0' || c > '9') {
            return false;
        }
        number = number * 10 + (uint64_t)(c - '0');
    }
    wire->left = number;
    return wire->value_len > 0 && number <= INT64_MAX;
}

static bool is_chunked(const struct pk_wire *wire)
{
    static const char word[] = "chunked";
    bool same = wire->value_len == strlen(word);
    for (size_t i = 0; same && word[i] != '\0'; i++) {
        same = (wire->value[i] | 0x20) == word[i];
    }
    return same;
}

/* A header line is complete; blanks behind its value do not count. */
static void end_line(struct pk_wire *wire)
{
    bool plain = true;
    while (wire->value_len > 0 && (wire->value[wire->value_len - 1] == ' ' ||
                                   wire->value[wire->value_len - 1] == '\t')) {
        wire->value_len--;
    }
    if (has_name(wire, "content-length")) {
        plain = !wire->length && !wire->chunked && !wire->long_value && read_length(wire);
        wire->length = true;
    } else if (has_name(wire, "transfer-encoding")) {
        plain = !wire->length && !wire->chunked && !wire->old && !wire->long_value &&
                is_chunked(wire);
        wire->chunked = true;
    }
    if (plain) {
        begin_line(wire, LINE);
    } else {
        fail(wire, wire->heads + 1, LENGTH);
    }
}

static void end_head(struct pk_wire *wire)
{
    wire->heads++;
    wire->digits = 0;
    if (wire->chunked) {
        wire->state = CHUNK_SIZE;
    } else if (wire->left > 0) {
        wire->state = BODY;
    } else {
        begin_request(wire);
    }
}

static void read_version(struct pk_wire *wire, unsigned char c)
{
    char wanted = VERSION_TEXT[wire->digits];
    if (wanted == '\0') {
        expect(wire, c, '\r', VERSION_LF, FIRST_LINE);
    } else if (wanted == 'n' ? c >= '0' && c <= '9' : c == (unsigned char)wanted) {
        wire->digits++;
        wire->old = c == '0'; /* HTTP/1.0 knows no chunks */
    } else {
        bad_head(wire, c, FIRST_LINE);
    }
}

static void read_first_line(struct pk_wire *wire, unsigned char c)
{
    switch (wire->state) {
    case START:
        if (c == '\r' && !wire->skipped) {
            wire->state = START_LF;
            wire->skipped = true;
        } else if (is_word(c)) {
            wire->state = METHOD;
        } else {
            bad_head(wire, c, FIRST_LINE);
        }
        break;
    case START_LF:
        expect(wire, c, '\n', START, LINE_END);
        break;
    case METHOD:
        if (!is_word(c)) {
            expect(wire, c, ' ', TARGET_FIRST, FIRST_LINE);
        }
        break;
    case TARGET_FIRST:
    case TARGET:
        if (is_text(c) && c != ' ' && c != '\t') {
            wire->state = TARGET;
        } else if (wire->state == TARGET && c == ' ') {
            wire->state = VERSION;
            wire->digits = 0;
        } else {
            bad_head(wire, c, FIRST_LINE);
        }
        break;
    case VERSION:
        read_version(wire, c);
        break;
    default: /* VERSION_LF */
        expect(wire, c, '\n', LINE_FIRST, LINE_END);
        break;
    }
}

static void keep_value(struct pk_wire *wire, unsigned char c)
{
    if (wire->value_len == 0 && (c == ' ' || c == '\t')) {
        return; /* before the value */
    }
    if (wire->value_len < PK_WIRE_VALUE_MAX) {
        wire->value[wire->value_len++] = (char)c;
    } else {
        wire->long_value |= c != ' ' && c != '\t';
    }
}

static void keep_name(struct pk_wire *wire, unsigned char c)
{
    if (wire->name_len < PK_WIRE_NAME_MAX) {
        wire->name[wire->name_len++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
    } else {
        wire->name[0] = ' '; /* longer than any that counts */
    }
}

static void read_header(struct pk_wire *wire, unsigned char c)
{
    switch (wire->state) {
    case LINE_FIRST:
    case LINE:
        if (c == ' ' || c == '\t') {
            fail(wire, wire->heads + 1, FOLDED);
        } else if (c == '\r') {
            wire->state = END_LF;
        } else if (is_word(c)) {
            begin_line(wire, NAME);
            keep_name(wire, c);
        } else {
            bad_head(wire, c, BAD_NAME);
        }
        break;
    case NAME:
        if (is_word(c)) {
            keep_name(wire, c);
        } else {
            expect(wire, c, ':', VALUE, BAD_NAME);
        }
        break;
    case VALUE:
        if (is_text(c)) {
            keep_value(wire, c);
        } else {
            expect(wire, c, '\r', VALUE_LF, CONTROL);
        }
        break;
    case VALUE_LF:
        if (c == '\n') {
            end_line(wire);
        } else {
            bad_head(wire, '\r', LINE_END);
        }
        break;
    default: /* END_LF */
        if (c == '\n') {
            end_head(wire);
        } else {
            bad_head(wire, '\r', LINE_END);
        }
        break;
    }
}

static int hex_digit(unsigned char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One byte of a chunked body that is not of a chunk's own bytes. */
static void read_chunk_mark(struct pk_wire *wire, unsigned char c)
{
    static const struct {
        char wanted;
        uint8_t next;
    } marks[] = {
        [CHUNK_SIZE_LF] = {'\n', CHUNK     },
          [CHUNK_CR] = {'\r', CHUNK_LF  },
        [CHUNK_LF] = {'\n', CHUNK_SIZE},
          [LAST_CR] = {'\r', LAST_LF   },
        [LAST_LF] = {'\n', START     },
    };
    int digit = wire->state == CHUNK_SIZE ? hex_digit(c) : -1;
    if (digit >= 0 && wire->digits < CHUNK_DIGITS_MAX) {
        wire->left = wire->left * 16 + (unsigned)digit;
        wire->digits++;
        return;
    }
    if (wire->state == CHUNK_SIZE && c == '\r' && wire->digits > 0) {
        wire->state = CHUNK_SIZE_LF;
        return;
    }
    if (wire->state == CHUNK_SIZE || c != (unsigned char)marks[wire->state].wanted) {
        fail(wire, wire->heads, CHUNKS);
        return;
    }
    uint8_t before = wire->state;
    wire->state = marks[before].next;
    wire->digits = 0;
    if (before == CHUNK_SIZE_LF && wire->left == 0) {
        wire->state = LAST_CR; /* no trailers: nobody here would read them */
    } else if (before == LAST_LF) {
        begin_request(wire);
    }
}

/* As many of the body's own bytes as there are. */
static size_t skip_body(struct pk_wire *wire, size_t len)
{
    size_t n = wire->left < len ? (size_t)wire->left : len;
    wire->left -= n;
    if (wire->left == 0) {
        if (wire->state == CHUNK) {
            wire->state = CHUNK_CR;
        } else {
            begin_request(wire);
        }
    }
    return n;
}

/* Most bytes of a request are values that say nothing of its end. */
static const unsigned char *skip_value(const struct pk_wire *wire, const unsigned char *p,
                                       const unsigned char *end)
{
    if (has_name(wire, "content-length") || has_name(wire, "transfer-encoding")) {
        return p;
    }
    while (p < end && is_text(*p)) {
        p++;
    }
    return p;
}

void pk_wire_read(struct pk_wire *wire, const void *bytes, size_t len)
{
    const unsigned char *p = bytes, *end = p + len;
    while (p < end && wire->state != BAD) {
        if (wire->state == BODY || wire->state == CHUNK) {
            p += skip_body(wire, (size_t)(end - p));
        } else if (wire->state < LINE_FIRST) {
            read_first_line(wire, *p++);
        } else if (wire->state < BODY) {
            p = wire->state == VALUE ? skip_value(wire, p, end) : p;
            if (p < end) {
                read_header(wire, *p++);
            }
        } else {
            read_chunk_mark(wire, *p++);
        }
    }
}

const char *pk_wire_refusal(const struct pk_wire *wire, uint64_t number, bool body)
{
    if (wire->bad_at != 0 && number >= wire->bad_at) {
        return wire->fault;
    }
    return number <= (body ? wire->whole : wire->heads) ? NULL : UNREAD;
}
