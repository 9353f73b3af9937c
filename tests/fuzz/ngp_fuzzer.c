/* Foreign bytes through the NGP JSON reader: whatever it writes is a whole stream. */
#include "base/jsonread.h"
#include "fuzz/reader.h"
#include "import/read_ngp.h"

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
    return fuzz_reader(read_it, data, size);
}
