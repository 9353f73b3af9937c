# JSON files -> one C file: cmake "-DIN=a.json;b.json" -DOUT=x.c -P embed_mappings.cmake
set(arrays "")
set(rows "")
set(count 0)
foreach(file ${IN})
    get_filename_component(name ${file} NAME_WE)
    string(MAKE_C_IDENTIFIER ${name} id)
    file(READ ${file} bytes HEX)
    string(LENGTH "${bytes}" digits)
    math(EXPR len "${digits} / 2")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
    string(APPEND arrays "static const unsigned char text_${id}[] = {${bytes}0};\n")
    string(APPEND rows "    {\"${name}\", text_${id}, ${len}},\n")
    math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUT} "#include \"import/mapping_shipped.h\"\n\n${arrays}\n"
    "const struct pk_mapping_document pk_mapping_documents[] = {\n${rows}};\n"
    "const size_t pk_mapping_document_count = ${count};\n")
