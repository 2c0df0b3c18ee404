package io.goose.it.appserver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/**
 * Who started which thread of a server, from a flight recording that runs since its JVM began. A thread is the library's if
 * the nearest caller of {@code Thread.start} that belongs neither to the JDK nor to the server is Goose or a client library
 * that it brings.
 */
final class ThreadStarts {

    private static final String SETTINGS = """
            <?xml version="1.0" encoding="UTF-8"?>
            <configuration version="2.0">
              <event name="jdk.ThreadStart">
                <setting name="enabled">true</setting>
                <setting name="stackTrace">true</setting>
              </event>
            </configuration>
            """;
    private static final Pattern LIBRARY =
            Pattern.compile("(io\\.goose\\.(?!it\\.)|redis\\.clients\\.|org\\.apache\\.commons\\.pool2\\.).*");
    private static final Pattern APPLICATION = Pattern.compile("io\\.goose\\.it\\..*");

    private ThreadStarts() {}

    /** The JVM options that make the recording. */
    static List<String> options(Path directory) throws IOException {
        Path settings = directory.resolve("threads.jfc");
        Files.writeString(settings, SETTINGS);
        return List.of(
                "-XX:StartFlightRecording:name=threads,settings=" + settings,
                "-XX:FlightRecorderOptions:stackdepth=256,repository=" + directory.resolve("jfr"));
    }

    /** The threads that the library or its clients started since then, with the starting frame. */
    static Map<Long, String> byLibrary(Path javaHome, long pid, Path directory, Instant since) throws IOException {
        Path dump = directory.resolve("threads-" + System.nanoTime() + ".jfr");
        Process jcmd = new ProcessBuilder(
                        javaHome.resolve("bin/jcmd").toString(),
                        Long.toString(pid),
                        "JFR.dump",
                        "name=threads",
                        "filename=" + dump)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("jcmd.log").toFile())
                .start();
        try {
            if (!jcmd.waitFor(180, TimeUnit.SECONDS) || jcmd.exitValue() != 0) {
                throw new IOException("jcmd failed: " + Files.readString(directory.resolve("jcmd.log")));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        Map<Long, String> threads = new TreeMap<>();
        for (RecordedEvent event : RecordingFile.readAllEvents(dump)) {
            RecordedThread thread = event.getThread("thread");
            if (event.getStartTime().isBefore(since)) {
                continue;
            }
            starter(event)
                    .filter(frame -> LIBRARY.matcher(frame).matches())
                    .ifPresent(frame ->
                            threads.put(thread.getJavaThreadId(), thread.getJavaName() + " started by " + frame));
        }
        return threads;
    }

    // The nearest frame of the library or the application: a thread that a job's own code starts is not the library's.
    private static Optional<String> starter(RecordedEvent event) {
        if (event.getStackTrace() == null) {
            return Optional.empty();
        }
        List<String> frames = new ArrayList<>();
        for (RecordedFrame frame : event.getStackTrace().getFrames()) {
            frames.add(frame.getMethod().getType().getName() + "."
                    + frame.getMethod().getName());
        }
        return frames.stream()
                .filter(frame -> LIBRARY.matcher(frame).matches()
                        || APPLICATION.matcher(frame).matches())
                .findFirst();
    }
}
