package io.goose.engine;

import io.goose.engine.codec.JsonbArgumentCodec;
import io.goose.engine.run.Needs;
import io.goose.job.Envelope;
import io.goose.spi.ArgumentCodec;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What an application can read of jobs: the encodings of their arguments. Thread-safe. */
final class Encodings implements AutoCloseable {

    private final JsonbArgumentCodec json =
            new JsonbArgumentCodec(); // every worker can read it, whatever it writes itself
    private final ArgumentCodec own;

    /**
     * @param own the application's own, which it closes itself
     */
    Encodings(ArgumentCodec own) {
        this.own = own;
    }

    Map<String, ArgumentCodec> byName() {
        Map<String, ArgumentCodec> readable = new TreeMap<>();
        readable.put(json.name(), json);
        readable.put(own.name(), own); // the application's own, also where it is called json
        return readable;
    }

    List<ArgumentCodec> all() {
        return List.copyOf(byName().values());
    }

    /** What sessions announce that they can run: handlers, encodings and versions of envelopes. */
    Set<String> announced(Collection<String> handlers) {
        Set<String> needs = new TreeSet<>();
        handlers.forEach(name -> needs.add(Needs.handler(name)));
        byName().keySet().forEach(encoding -> needs.add(Needs.encoding(encoding)));
        for (int version = 1; version <= Envelope.VERSION; version++) {
            needs.add(Needs.version(version));
        }
        return needs;
    }

    @Override
    public void close() {
        json.close();
    }
}
