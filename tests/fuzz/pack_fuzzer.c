/* pack_fuzzer.c - packs: the first byte chooses the window, the rest is the pack. */
#include <stddef.h>
#include <stdint.h>

#include "layers/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) {
        return 0;
    }
    static const struct pk_ibox windows[] = {
        {30000000000, 20000000000, 30001000000, 20001000000},
        {0,           0,           1,           1          },
        {500000000,   3300000000,  501000000,   3301000000 },
    };
    const struct pk_ibox *window = data[0] % 4 < 3 ? &windows[data[0] % 4] : NULL;
    struct pk_arena arena = {0};
    struct pk_pack pack;
    if (pk_pack_open(&pack, data + 1, size - 1, NULL, &arena, NULL) == PK_OK) {
        for (uint32_t s = 0; s < pack.section_count; s++) {
            struct pk_pack_cursor c;
            struct pk_ifeature f;
            pk_pack_begin(&c, &pack.sections[s]);
            while (pk_pack_next(&c, &f) && pk_pack_geometry(&c, &f, window, &arena)) {
            }
        }
    }
    pk_arena_finish(&arena);
    return 0;
}
