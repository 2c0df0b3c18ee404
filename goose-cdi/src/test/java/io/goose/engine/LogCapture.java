package io.goose.engine;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** What the engine logs while this is open; it is kept from the console. */
public final class LogCapture extends Handler implements AutoCloseable {

    private final Logger logger = Logger.getLogger("io.goose");
    private final boolean inherits = logger.getUseParentHandlers();
    private final SimpleFormatter formatter = new SimpleFormatter();
    private final List<String> messages = new CopyOnWriteArrayList<>();
    private final List<String> printed = new CopyOnWriteArrayList<>();
    private final Thread opener = Thread.currentThread();
    private final List<String> ofOpener = new CopyOnWriteArrayList<>();

    private LogCapture() {}

    public static LogCapture open() {
        LogCapture capture = new LogCapture();
        capture.logger.setUseParentHandlers(false);
        capture.logger.addHandler(capture);
        return capture;
    }

    @Override
    public void publish(LogRecord record) {
        printed.add(formatter.format(
                record)); // as a console does, with the throwable; before the message, which tests wait for
        String message = record.getLevel() + " " + formatter.formatMessage(record);
        if (Thread.currentThread() == opener) {
            ofOpener.add(message);
        }
        messages.add(message);
    }

    /** The messages so far, each after its level. */
    public List<String> messages() {
        return messages;
    }

    /** All so far as a console shows it, with throwables. */
    public String printed() {
        return String.join("", printed);
    }

    /** Those of the thread that opened this: whatever still runs of other tests is not among them. */
    public List<String> ownMessages() {
        return ofOpener;
    }

    /** How many messages have this code. */
    public long count(String code) {
        return messages.stream().filter(message -> message.contains(code)).count();
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(inherits);
    }
}
