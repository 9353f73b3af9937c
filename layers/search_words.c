#include <string.h>

#include "base/text.h"
#include "layers/search.h"

struct range {
    uint32_t first, last;
};

/* What separates words, beyond ASCII. All other code points stand in words; the
 * tokenizer of the index agrees for every letter and digit. */
static const struct range separators[] = {
    {0x80,   0xa9  },
    {0xab,   0xb1  },
    {0xb4,   0xb4  },
    {0xb6,   0xb8  },
    {0xbb,   0xbb  },
    {0xbf,   0xbf  },
    {0xd7,   0xd7  },
    {0xf7,   0xf7  },
    {0x2000, 0x206f},
    {0x20a0, 0x20cf},
    {0x2190, 0x245f},
    {0x2500, 0x2bff},
    {0x3000, 0x3004},
    {0x3008, 0x3020},
    {0xe000, 0xf8ff},
    {0xfe00, 0xfe0f},
    {0xfff0, 0xffff},
};

static bool in_word(uint32_t c)
{
    if (c < 0x80) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
    }
    for (size_t i = 0; i < PK_COUNT(separators); i++) {
        if (c >= separators[i].first && c <= separators[i].last) {
            return false;
        }
    }
    return true;
}

char *pk_search_words(struct pk_arena *arena, const char *text)
{
    char *fold = pk_text_fold(arena, text);
    if (fold == NULL) {
        return NULL;
    }
    char *out = fold;
    bool gap = false;
    for (const char *p = fold; *p != '\0';) {
        const char *start = p;
        if (!in_word(pk_utf8_next(&p))) {
            gap = out != fold;
            continue;
        }
        size_t n = (size_t)(p - start);
        /* Never writes beyond what was read: a gap stands where a separator stood. */
        if (gap) {
            *out++ = ' ';
            gap = false;
        }
        memmove(out, start, n);
        out += n;
    }
    *out = '\0';
    return fold;
}
