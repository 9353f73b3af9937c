#include "import/read.h"

#include <stdlib.h>

#include "import/read_ngp.h"
#include "import/read_ogr.h"
#include "import/read_ss637040.h"
#include "import/recognise.h"
#include "import/zipfile.h"

static enum pk_status read_gml(struct pk_source *src, struct pk_error *err)
{
    enum pk_status status;
    char *data;
    size_t len;

    status = pk_source_slurp(&data, &len, src->path, PK_SOURCE_TEXT_MAX, err);
    if (status == PK_OK) {
        status = pk_read_ss637040(src, data, len, err);
    }
    free(data);
    return status;
}

enum pk_status pk_read_source(struct pk_source *src, struct pk_error *err)
{
    struct pk_recognised what;
    enum pk_status status = pk_recognise(&what, src->path, src->lang, err);

    if (status != PK_OK) {
        return status;
    }
    switch (what.format) {
    case PK_FORMAT_NGP:
        status = pk_read_ngp(src, what.document, err);
        break;
    case PK_FORMAT_SS637040:
        status = read_gml(src, err);
        break;
    case PK_FORMAT_ZIP:
        status = pk_read_zip(src, err);
        break;
    default:
        status = pk_read_ogr(src, &what, err);
        break;
    }
    json_decref(what.document);
    return status;
}
