// What waits in this browser until there is a connection: sendings of forms, and photos and files of forms. It lies in
// IndexedDB, outlives the tab, and is shown to and sent by nobody but the person who left it there.
(() => {
  const person = document.body.dataset.actor;
  if (!person || !window.indexedDB) return;
  let opening = null;

  function open() {
    opening ??= new Promise((resolve, reject) => {
      const asked = indexedDB.open("outbox", 1);
      asked.onupgradeneeded = () => ["sendings", "files"].forEach((name) => asked.result.createObjectStore(name, { keyPath: "id" }));
      asked.onsuccess = () => { asked.result.onclose = () => { opening = null; }; resolve(asked.result); };
      asked.onerror = () => reject(asked.error);
    });
    return opening;
  }

  // One transaction of one table; what it asked for, once it is written.
  async function act(name, mode, ask) {
    const database = await open();
    return new Promise((resolve, reject) => {
      const write = database.transaction(name, mode);
      const asked = ask(write.objectStore(name));
      write.oncomplete = () => resolve(asked.result);
      write.onabort = () => reject(write.error);
    });
  }

  const all = async (name) => (await act(name, "readonly", (table) => table.getAll())).filter((one) => one.person === person);
  const of = async (name, key) => (await all(name)).filter((one) => one.key === key);

  window.outboxStore = {
    person,
    name: () => `${Date.now()}-${Math.random().toString(36).slice(2)}`,  // randomUUID wants https
    all,
    of,
    put: (name, one) => act(name, "readwrite", (table) => table.put({ ...one, person })),
    drop: (name, id) => act(name, "readwrite", (table) => table.delete(id)),
    holds: async (key) => key !== undefined && (await of("sendings", key)).length > 0,
    // The files of a page that is drawn anew belong to its new key.
    move: async (from, to) => { for (const file of await of("files", from)) await window.outboxStore.put("files", { ...file, key: to }); },
    // Whoever it belongs to: sign-out asks before it forgets everything.
    count: async () => (await act("sendings", "readonly", (table) => table.count())) + (await act("files", "readonly", (table) => table.count())),
    clear: async () => { for (const name of ["sendings", "files"]) await act(name, "readwrite", (table) => table.clear()); },
  };
})();
