# The map page's script: map.js and what it imports, bundled by esbuild. npm installs
# into the build folder, never here. Sets pk_web_bundle to the file to embed, or to
# nothing: then the pages have no script, and work all the same.
option(PK_WEB "Build the map page's script with Node and npm" ON)

set(pk_web_bundle "")
set(web_source ${CMAKE_CURRENT_LIST_DIR})
set(web_build ${CMAKE_CURRENT_BINARY_DIR}/web-build)
set(web_why "")

find_program(PK_NODE NAMES node nodejs)
find_program(PK_NPM NAMES npm)

# Installs what the lock file of `source` names into `folder`, once for each content of
# the lock file; `why` is empty when it is there.
function(pk_npm_ci why source folder)
    file(SHA256 ${source}/package-lock.json wanted)
    set(stamp ${folder}/installed)
    set(found "")
    if(EXISTS ${stamp})
        file(READ ${stamp} found)
    endif()
    if(found STREQUAL wanted)
        set(${why} "" PARENT_SCOPE)
        return()
    endif()
    if(NOT PK_NODE OR NOT PK_NPM)
        set(${why} "Node or npm is not installed" PARENT_SCOPE)
        return()
    endif()
    file(MAKE_DIRECTORY ${folder})
    configure_file(${source}/package.json ${folder}/package.json COPYONLY)
    configure_file(${source}/package-lock.json ${folder}/package-lock.json COPYONLY)
    message(STATUS "npm ci in ${folder}")
    execute_process(
        COMMAND ${PK_NPM} ci --ignore-scripts --no-audit --no-fund --prefer-offline
            --fetch-retries=1 --fetch-timeout=30000
        WORKING_DIRECTORY ${folder}
        RESULT_VARIABLE failed OUTPUT_QUIET ERROR_VARIABLE said TIMEOUT 300)
    if(failed)
        string(REGEX MATCH "npm (ERR!|error)[^\n]*" first "${said}")
        set(${why} "npm ci failed (${failed}) ${first}" PARENT_SCOPE)
        return()
    endif()
    file(WRITE ${stamp} ${wanted})
    set(${why} "" PARENT_SCOPE)
endfunction()

if(NOT PK_WEB OR PK_SANITIZE OR PK_FUZZ)
    return()
endif()
pk_npm_ci(web_why ${web_source} ${web_build})
if(web_why)
    message(STATUS "The pages are built without script: ${web_why}")
    return()
endif()

# The sources are copied beside node_modules, where esbuild looks for packages.
set(web_files announce.js combobox.js map.js sweref.js)
set(web_copies "")
foreach(file ${web_files})
    list(APPEND web_copies ${web_source}/${file})
endforeach()
set(pk_web_bundle ${web_build}/bundle/map.js)
add_custom_command(
    OUTPUT ${pk_web_bundle}
    COMMAND ${CMAKE_COMMAND} -E copy ${web_copies} ${web_build}
    COMMAND ${PK_NODE} ${web_build}/node_modules/esbuild/bin/esbuild map.js --bundle
        --minify --format=esm --target=es2020 --legal-comments=none
        --log-level=warning --outfile=${pk_web_bundle}
    DEPENDS ${web_copies} ${web_source}/package-lock.json
    WORKING_DIRECTORY ${web_build}
    COMMENT "Bundling the map page's script"
    VERBATIM)
add_custom_target(web-types
    COMMAND ${CMAKE_COMMAND} -E copy ${web_copies} ${web_source}/tsconfig.json ${web_build}
    COMMAND ${PK_NODE} ${web_build}/node_modules/typescript/bin/tsc -p ${web_build}
    WORKING_DIRECTORY ${web_build}
    VERBATIM)
