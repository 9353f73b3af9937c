/* Archives from anywhere: the look before unpacking ends, with its limits kept. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "import/zipfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pk_arena arena = {0};
    struct pk_zip_entry *entries;
    size_t count;

    if (pk_zip_scan(&entries, &count, data, size, &arena, NULL) == PK_OK) {
        uint64_t total = 0;
        for (size_t i = 0; i < count; i++) {
            total += entries[i].size;
            if (entries[i].name[0] == '/' || strstr(entries[i].name, "../") != NULL) {
                abort();
            }
        }
        if (count > PK_ZIP_ENTRIES_MAX || total > (uint64_t)PK_ZIP_TOTAL_MAX) {
            abort();
        }
    }
    pk_arena_finish(&arena);
    return 0;
}
