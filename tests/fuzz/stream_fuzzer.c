/* A record stream from anywhere ends, with an error or with its END record. */
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "layers/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("stream", MFD_CLOEXEC);
    struct pk_stream_in *in;
    struct pk_record record;
    bool end = false;

    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        return 0;
    lseek(fd, 0, SEEK_SET);
    in = pk_stream_open(fd);
    while (!end && pk_stream_next(in, &record, &end, NULL) == PK_OK)
        ;
    pk_stream_close(in);
    close(fd);
    return 0;
}
