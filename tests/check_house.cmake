# Fails when a file includes a folder it may not use, or a library that has its home in
# another folder or none, or is too long. Run by CTest: cmake -DROOT=... -P check_house.cmake
cmake_minimum_required(VERSION 3.25)

set(lines_max 900)
set(may_base base)
set(may_layers base layers)
set(may_styles base layers styles)
set(may_tiles base layers styles tiles)
set(may_server base layers styles tiles server)
set(may_import base layers import)

# header -> the folders that may include it
set(homes
    "sqlite3.h|layers" "spatialite.h|layers" "spatialite/.*|layers" "proj.h|layers"
    "geos_c.h|layers,import" "png.h|tiles" "libdeflate.h|tiles,server" "webp/.*|tiles"
    "brotli/.*|server" "hb.*|tiles" "ft2build.h|tiles" "cairo.*|tiles"
    "microhttpd.h|server" "curl/.*|server,import" "gdal.*|import" "ogr_.*|import"
    "cpl_.*|import" "zip.h|import" "seccomp.h|import" "linux/landlock.h|import,server"
    "libxml/.*|import,styles,server" "argon2.h|base" "gnutls/.*|server" "nettle/.*|base"
    "xxhash.h|base" "utf8proc.h|base" "jansson.h|base,layers,styles,tiles,server,import")

# Headers of the language and the system: for everyone.
set(system "(assert|ctype|errno|locale|math|setjmp|signal|stdalign|stdarg|stdatomic|stdbool"
    "|stddef|stdint|stdio|stdlib|string|time|dirent|fcntl|libgen|poll|pthread|pwd|termios|strings"
    "|unistd|arpa/inet|netinet/in|netinet/tcp|sys/.*).h")
string(CONCAT system ${system})

foreach(folder base layers styles tiles server import)
    file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/${folder}/*.c ${ROOT}/${folder}/*.h)
    list(FILTER files EXCLUDE REGEX "/node_modules/")
    foreach(file ${files})
        file(STRINGS ${ROOT}/${file} lines REGEX "^ *# *include")
        foreach(line ${lines})
            if(line MATCHES "\"((base|layers|styles|tiles|server|import)/[^\"]*)\"")
                if(NOT CMAKE_MATCH_2 IN_LIST may_${folder})
                    message(SEND_ERROR "${file} may not include ${CMAKE_MATCH_1}")
                endif()
            elseif(line MATCHES "<([^>]*)>")
                set(header ${CMAKE_MATCH_1})
                set(known NO)
                if(header MATCHES "^${system}$")
                    set(known YES)
                endif()
                foreach(home ${homes})
                    string(REPLACE "|" ";" pair ${home})
                    list(GET pair 0 pattern)
                    list(GET pair 1 allowed)
                    string(REPLACE "," ";" allowed "${allowed}")
                    if(header MATCHES "^${pattern}$")
                        set(known YES)
                        if(NOT folder IN_LIST allowed)
                            message(SEND_ERROR "${file}: <${header}> has its home in ${allowed}")
                        endif()
                    endif()
                endforeach()
                if(NOT known)
                    message(SEND_ERROR "${file}: <${header}> has no home in check_house.cmake")
                endif()
            elseif(NOT line MATCHES "include FT_[A-Z]+_H$") # FreeType's own names
                message(SEND_ERROR "${file}: ${line}: not spelled from the root")
            endif()
        endforeach()
    endforeach()
endforeach()

file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/base/* ${ROOT}/layers/* ${ROOT}/styles/*
    ${ROOT}/tiles/* ${ROOT}/server/* ${ROOT}/import/* ${ROOT}/tests/*)
list(FILTER files INCLUDE REGEX "\\.([ch]|def|sql|js|mjs|py|cmake|sh)$")
list(FILTER files EXCLUDE REGEX "node_modules/")
foreach(file ${files})
    file(READ ${ROOT}/${file} text)
    string(REGEX MATCHALL "\n" lines "${text}")
    list(LENGTH lines lines)
    if(lines GREATER lines_max)
        message(SEND_ERROR "${file}: ${lines} lines, ${lines_max} at most")
    endif()
endforeach()
