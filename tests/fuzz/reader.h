/* reader.h - what the fuzzers of foreign files share: a reader writes into a stream in
 * memory, and whatever it wrote must be a whole stream. */
#ifndef PK_FUZZ_READER_H
#define PK_FUZZ_READER_H

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "import/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void walk_stream(int fd)
{
    struct pk_stream_in *in = pk_stream_open(fd);
    struct pk_record record;
    bool end = false;

    while (!end) {
        if (pk_stream_next(in, &record, &end, NULL) != PK_OK) {
            abort();
        }
    }
    pk_stream_close(in);
}

static inline int fuzz_reader(enum pk_status (*read_it)(struct pk_source *src,
                                                        const uint8_t *data, size_t size),
                              const uint8_t *data, size_t size)
{
    int fd = memfd_create("source", MFD_CLOEXEC);
    struct pk_stream_out out;
    struct pk_source src;

    if (fd < 0) {
        return 0;
    }
    pk_stream_out_init(&out, fd);
    pk_source_init(&src, &out, PK_EN);
    src.name = "fuzz";
    enum pk_status status = read_it(&src, data, size);
    if (status == PK_OK) {
        pk_source_end(&src);
    }
    pk_source_finish(&src);
    if (pk_stream_out_finish(&out, NULL) == PK_OK && status == PK_OK) {
        lseek(fd, 0, SEEK_SET);
        walk_stream(fd);
    }
    close(fd);
    return 0;
}

#endif
