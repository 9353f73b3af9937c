/* Foreign bytes through the SS 637040 GML reader: whatever it writes is a whole stream.
 */
#include "fuzz/reader.h"
#include "import/read_ss637040.h"

static enum pk_status read_it(struct pk_source *src, const uint8_t *data, size_t size)
{
    return pk_read_ss637040(src, (const char *)data, size, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_reader(read_it, data, size);
}
