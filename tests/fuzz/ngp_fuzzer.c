/* Foreign bytes through the NGP JSON reader: whatever it writes is a whole stream. */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/jsonread.h"
#include "import/read_ngp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(int fd)
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

static enum pk_status read_it(struct pk_source *src, const uint8_t *data, size_t size)
{
    json_t *document;
    enum pk_status status;

    if (pk_json_parse(&document, (const char *)data, size, 1 << 20, NULL) != PK_OK) {
        return PK_BAD_INPUT;
    }
    pk_ngp_recognise(document);
    status = pk_read_ngp(src, document, NULL);
    json_decref(document);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("ngp", MFD_CLOEXEC);
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
        walk(fd);
    }
    close(fd);
    return 0;
}
