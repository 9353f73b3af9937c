/* Mapping documents from anywhere: what is accepted can be matched and applied. */
#include <stdint.h>

#include "base/jsonread.h"
#include "import/mapping.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"AKTBET", "LEGAL_APPR", "namn", "x", "y"};
    struct pk_field_names fields = {names, 5};
    json_t *document, *values;
    const json_t *rule;
    const char *name;

    if (pk_json_parse(&document, (const char *)data, size, PK_MAPPING_BYTES_MAX, NULL) !=
        PK_OK) {
        return 0;
    }
    if (pk_mapping_check(document, NULL) == PK_OK &&
        pk_mapping_find(&rule, &name, document, NULL, "lager", &fields, NULL) == PK_OK &&
        rule != NULL) {
        values = json_pack("{sssisfsnsb}", "AKTBET", "A 1", "LEGAL_APPR", 20190304, "x",
                           1.5, "y", "namn", 1);
        pk_mapping_kind(rule);
        json_decref(pk_mapping_apply(rule, &fields, values));
        json_decref(pk_mapping_value(json_object_get(rule, "key"), &fields, values));
        for (size_t i = 0; i < fields.count; i++) {
            pk_mapping_uses(rule, &fields, names[i]);
        }
        json_decref(values);
    }
    json_decref(document);
    return 0;
}
