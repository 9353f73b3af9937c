/* Foreign bytes through the strict reading of HTTP: the same in one piece and byte by
 * byte, counts in step, and headers that are taken hold nothing that hides. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "server/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool true_one)
{
    if (!true_one) {
        abort();
    }
}

/* The headers that end at `end`: no byte below a blank but TAB and CR LF in pairs. */
static void look_at_head(const uint8_t *data, size_t begin, size_t end)
{
    must(end - begin >= 4 && memcmp(data + end - 4, "\r\n\r\n", 4) == 0);
    for (size_t i = begin; i < end; i++) {
        bool cr = data[i] == '\r' && i + 1 < end && data[i + 1] == '\n';
        bool lf = data[i] == '\n' && i > begin && data[i - 1] == '\r';
        must(data[i] >= 0x20 || data[i] == '\t' || cr || lf);
        must(!lf || i + 1 == end || (data[i + 1] != ' ' && data[i + 1] != '\t'));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pk_wire at_once = {0}, slow = {0};
    size_t begin = 0;

    pk_wire_read(&at_once, data, size);
    for (size_t i = 0; i < size; i++) {
        uint64_t heads = slow.heads, whole = slow.whole;
        pk_wire_read(&slow, data + i, 1);
        must(slow.whole == slow.heads || slow.whole + 1 == slow.heads);
        if (slow.heads != heads) {
            must(slow.heads == heads + 1);
            look_at_head(data, begin, i + 1);
        }
        if (slow.whole != whole) {
            begin = i + 1;
        }
    }
    must(slow.heads == at_once.heads && slow.whole == at_once.whole &&
         slow.bad_at == at_once.bad_at && slow.fault == at_once.fault &&
         slow.left == at_once.left && slow.state == at_once.state);
    for (uint64_t n = 1; n <= slow.heads + 1; n++) {
        bool taken = pk_wire_refusal(&slow, n, true) == NULL;
        must(taken == (n <= slow.whole && (slow.bad_at == 0 || n < slow.bad_at)));
        must(!taken || pk_wire_refusal(&slow, n, false) == NULL);
    }
    return 0;
}
