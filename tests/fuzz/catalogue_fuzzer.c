/* Catalogues from anywhere: what is taken is found again, and its slots lie in it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonread.h"
#include "layers/catalogue.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(const struct pk_catalogue *catalogue, const char *id)
{
    struct pk_catalogue_slot slots[PK_CATALOGUE_SLOTS_MAX];
    const struct pk_catalogue_entry *entry;
    struct pk_id key;

    if (!id || !pk_id_parse(&key, id))
        return;
    entry = pk_catalogue_find(catalogue, key);
    if (!entry)
        abort();
    uint32_t n = pk_catalogue_slots(slots, PK_CATALOGUE_SLOTS_MAX, entry->wording);
    for (uint32_t i = 0; i < n; i++) {
        const char *end = entry->wording + strlen(entry->wording);

        if (slots[i].begin < entry->wording || slots[i].end > end ||
            slots[i].type + slots[i].type_len >= end + 1 ||
            slots[i].name + slots[i].name_len >= slots[i].type)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pk_catalogue *catalogue;
    json_t *document;

    if (pk_json_parse(&document, (const char *)data, size, PK_CATALOGUE_BYTES_MAX,
                      NULL) != PK_OK)
        return 0;
    if (pk_catalogue_of(&catalogue, document, NULL) == PK_OK) {
        const json_t *list =
            json_is_array(document) ? document : pk_jget_array(document, "bestammelser");

        for (size_t i = 0; i < json_array_size(list); i++)
            look(catalogue, pk_jget_string(json_array_get(list, i), "id"));
        pk_catalogue_free(catalogue);
    }
    json_decref(document);
    return 0;
}
