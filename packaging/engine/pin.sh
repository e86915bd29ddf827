# The source of the embedded engine: upstream's llama.cpp, as it lies whole in a
# source package of the Python registry (vendor/llama.cpp). MIT.
# Changing a line here changes the cache key and so builds the engine anew.
ENGINE_PACKAGE=llama-cpp-python
ENGINE_PACKAGE_VERSION=0.3.36
ENGINE_SOURCE_SHA256=832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e
ENGINE_VERSION=0.5.0           # what llama-server says of itself: 0.5.0-dev, commit 0c1e570 (ggml 0.25.3)
ENGINE_CMAKE_FLAGS="-DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=ON -DGGML_BACKEND_DL=ON
 -DGGML_CPU_ALL_VARIANTS=ON -DGGML_NATIVE=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF
 -DLLAMA_BUILD_UI=OFF -DLLAMA_USE_PREBUILT_UI=OFF -DLLAMA_BUILD_APP=OFF -DLLAMA_OPENSSL=OFF
 -DCMAKE_INSTALL_RPATH=\$ORIGIN -DCMAKE_BUILD_WITH_INSTALL_RPATH=ON"
