/* cookie_fuzzer.c - Cookie headers: what is found is a part of the header, without the
 * byte that ends it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "server/auth.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pk_arena arena = {0};
    const char *header = pk_arena_strndup(&arena, (const char *)data, size);
    const char *found = pk_cookie_read(header, "plankarta", &arena);
    if (found != NULL && (strchr(found, ';') != NULL || strstr(header, found) == NULL)) {
        abort();
    }
    pk_arena_finish(&arena);
    return 0;
}
