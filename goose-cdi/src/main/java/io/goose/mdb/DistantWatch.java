package io.goose.mdb;

import io.goose.engine.run.LeaseWatch;
import java.time.Duration;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** What the adapter's worker knows of a lease. What an older one does not know is false. Thread-safe. */
final class DistantWatch implements LeaseWatch {

    private final BiFunction<String, @Nullable Object, @Nullable Object> questions;

    DistantWatch(BiFunction<String, @Nullable Object, @Nullable Object> questions) {
        this.questions = questions;
    }

    private boolean is(String question) {
        return Boolean.TRUE.equals(questions.apply(question, null));
    }

    private void tell(String news, @Nullable Object detail) {
        Object unused = questions.apply(news, detail); // it has no answer
    }

    @Override
    public boolean isLost() {
        return is("isLost");
    }

    @Override
    public boolean isInterrupted() {
        return is("isInterrupted");
    }

    @Override
    public boolean isStopping() {
        return is("isStopping");
    }

    @Override
    public boolean isCancelled() {
        return is("isCancelled");
    }

    @Override
    public void died() {
        tell("died", null);
    }

    @Override
    public boolean hasDied() {
        return is("hasDied");
    }

    @Override
    public boolean isOverdue() {
        return is("isOverdue");
    }

    @Override
    public void bodyBegins(@Nullable Duration limit) {
        tell("bodyBegins", limit);
    }

    @Override
    public void bodyEnded() {
        tell("bodyEnded", null);
    }
}
