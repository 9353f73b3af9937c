/* pack_fuzzer.c - packs: the first byte chooses the window, the rest is the pack: one of
 * three places, everything, or the upper left quarter of each feature (so that far pieces
 * of long rings are passed over). */
#include <stddef.h>
#include <stdint.h>

#include "layers/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PLACES = 3, EVERYTHING = PLACES, QUARTER, WAYS };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) {
        return 0;
    }
    static const struct pk_ibox places[PLACES] = {
        {30000000000, 20000000000, 30001000000, 20001000000},
        {0,           0,           1,           1          },
        {500000000,   3300000000,  501000000,   3301000000 },
    };
    unsigned way = data[0] % WAYS;
    struct pk_arena arena = {0};
    struct pk_pack pack;
    if (pk_pack_open(&pack, data + 1, size - 1, NULL, &arena, NULL) == PK_OK) {
        for (uint32_t s = 0; s < pack.section_count; s++) {
            struct pk_pack_cursor c;
            struct pk_ifeature f;
            bool good = true;
            pk_pack_begin(&c, &pack.sections[s]);
            while (good && pk_pack_next(&c, &f)) {
                struct pk_ibox quarter = f.box;
                quarter.max_x -= (f.box.max_x - f.box.min_x) / 2;
                quarter.max_y -= (f.box.max_y - f.box.min_y) / 2;
                const struct pk_ibox *window = way == EVERYTHING ? NULL
                                               : way == QUARTER  ? &quarter
                                                                 : &places[way];
                pk_pack_keep(&f, &pack.sections[s], &arena);
                good = pk_pack_geometry(&c, &f, window, &arena);
            }
        }
    }
    pk_arena_finish(&arena);
    return 0;
}
