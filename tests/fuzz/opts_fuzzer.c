/* opts_fuzzer.c - settings files: never a crash, and what is taken reads back. */
#include <stdint.h>
#include <stdlib.h>

#include "base/opts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pk_opts *opts = pk_opts_create();
    struct pk_error err;
    if (pk_opts_read(opts, (const char *)data, size, "fuzz", &err) == PK_OK) {
        if (pk_opts_int(opts, "workers") < 1 || pk_opts_int(opts, "workers") > 64) {
            abort();
        }
        for (size_t i = 0; pk_opts_place(opts, "background", i) != NULL; i++) {
        }
        for (size_t i = 0; pk_opts_item(opts, "cors_origins", i) != NULL; i++) {
        }
    }
    pk_opts_destroy(opts);
    return 0;
}
