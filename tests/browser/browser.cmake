# Browser tests: Debian's Chromium over the sample municipality. They run where the map
# page's script is built (not with sanitizers), and npm can install what they need into
# the build folder.
set(browser_why "")
find_program(PK_CHROMIUM NAMES chromium)
set(browser_build ${CMAKE_CURRENT_BINARY_DIR}/browser)
if(NOT TARGET web-types)
    set(browser_why "the pages have no script in this build")
elseif(NOT PK_CHROMIUM)
    set(browser_why "chromium is not installed")
else()
    pk_npm_ci(browser_why ${CMAKE_CURRENT_SOURCE_DIR} ${browser_build})
endif()

# playwright-core wants Node 20; where the machine's is older, the one of npm's packages.
set(browser_node ${PK_NODE})
if(NOT browser_why)
    execute_process(COMMAND ${PK_NODE} --version OUTPUT_VARIABLE node_version
        OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(node_version MATCHES "^v([0-9]+)" AND CMAKE_MATCH_1 LESS 20)
        pk_npm_ci(browser_why ${CMAKE_CURRENT_SOURCE_DIR}/browser/node ${browser_build}/node)
        file(GLOB browser_node ${browser_build}/node/node_modules/node-*/bin/node)
        if(NOT browser_why AND NOT browser_node)
            set(browser_why "npm has no Node for this machine, and ${node_version} is too old")
        endif()
    endif()
endif()
if(browser_why)
    message(STATUS "No browser tests: ${browser_why}")
    return()
endif()

add_test(NAME browser.types
    COMMAND ${CMAKE_COMMAND} --build ${CMAKE_BINARY_DIR} --target web-types)
set_tests_properties(browser.types PROPERTIES
    LABELS "browser;plain" TIMEOUT 120 RESOURCE_LOCK build)
foreach(name axe keyboard maplibre narrow noscript robust tree)
    add_test(NAME browser.${name}
        COMMAND ${browser_node} --test ${CMAKE_CURRENT_SOURCE_DIR}/browser/${name}.test.mjs)
    set_tests_properties(browser.${name} PROPERTIES
        FIXTURES_REQUIRED sample LABELS "browser;plain" TIMEOUT 600 RESOURCE_LOCK browser
        ENVIRONMENT "PK_PLANKARTA=$<TARGET_FILE:plankarta>;PK_SAMPLE=${sample_dir};PK_TEST_NODE=${browser_build};PK_CHROMIUM=${PK_CHROMIUM};PK_MAPLIBRE_OUT=${CMAKE_CURRENT_BINARY_DIR}/maplibre")
endforeach()
