# The fictional municipality; a library of its own, so that its tests need no more.
pkg_check_modules(GDAL REQUIRED IMPORTED_TARGET gdal)
add_library(pk_sample STATIC
    cmd_sample.c cmd_sample.h
    sample.h sample_mapping.inc
    sample_gml.c sample_gpkg.c sample_gpkg.h sample_names.c sample_ngp.c sample_plan.c
    sample_maker.h sample_symbol.c sample_town.c)
target_link_libraries(pk_sample PUBLIC pk_layers PRIVATE PkgConfig::GDAL)
