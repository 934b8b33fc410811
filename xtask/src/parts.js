// Which parts are there or on their way. One that failed is forgotten, and fetched anew when it is needed again.
const parts = new Map();
// The same of the pieces in them: several parts carry the same piece, which must begin once.
const pieces = new Map();

function once(running, key, begin) {
    if (!running.has(key)) {
        const done = begin();
        running.set(key, done);
        done.catch(() => running.delete(key));
    }
    return running.get(key);
}

async function load(part) {
    const carrier = await WebAssembly.compileStreaming(fetch(new URL(`./${part}.wasm`, import.meta.url)));
    // The main module runs: this gives what it exports.
    const imports = { __wasm_split: initSync() };
    const carried = WebAssembly.Module.customSections(carrier, "piece");
    await Promise.all(carried.map((data) => {
        const number = new DataView(data).getUint32(0, true);
        return once(pieces, number, () => WebAssembly.instantiate(new Uint8Array(data, 4), imports));
    }));
}

function loads(part) {
    return async (callback, data) => {
        let there = true;
        try {
            await once(parts, part, () => load(part));
        } catch (error) {
            console.error(error);
            there = false;
        }
        initSync().__indirect_function_table.get(callback)(data, there);
    };
}

