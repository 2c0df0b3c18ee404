package io.goose.broker.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;
import io.goose.BrokerRefusedException;
import io.goose.BrokerUnavailableException;
import io.goose.GooseException;
import java.security.cert.CertificateException;
import org.jspecify.annotations.Nullable;

/** What the client throws, in the words of this library. Stateless. */
final class Faults {

    private Faults() {}

    /** What closed a channel or a connection, the broker or this side; null if it was neither. */
    private static @Nullable ShutdownSignalException signal(Throwable failure) {
        return cause(failure, ShutdownSignalException.class);
    }

    private static <T extends Throwable> @Nullable T cause(Throwable failure, Class<T> kind) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return kind.cast(cause);
            }
        }
        return null;
    }

    /** The broker's code for why it closed a channel or a connection; 0 if it gave none. */
    static int code(Throwable failure) {
        ShutdownSignalException signal = signal(failure);
        Method reason = signal == null ? null : signal.getReason();
        if (reason instanceof AMQP.Channel.Close close) {
            return close.getReplyCode();
        }
        return reason instanceof AMQP.Connection.Close close ? close.getReplyCode() : 0;
    }

    /**
     * The broker's words for why it closed a channel or a connection, or those of the failure. Whoever closes one in order says
     * "OK", which is no reason: then it is said who did.
     */
    static String text(Throwable failure) {
        ShutdownSignalException signal = signal(failure);
        Method reason = signal == null ? null : signal.getReason();
        String words = String.valueOf(failure);
        if (reason instanceof AMQP.Channel.Close close) {
            words = close.getReplyText();
        } else if (reason instanceof AMQP.Connection.Close close) {
            words = close.getReplyText();
        }
        if (signal == null || code(failure) != AMQP.REPLY_SUCCESS) {
            return words;
        }
        String closed = signal.isHardError() ? " has closed the connection" : " has closed the channel";
        return signal.isInitiatedByApplication()
                ? "this side" + closed + " meanwhile"
                : "RabbitMQ" + closed + " and says only '" + words + "'; its log may say why";
    }

    /** Whether this side has closed the connection, which it does when the broker is closed and never else. */
    private static boolean isOver(Throwable failure) {
        ShutdownSignalException signal = signal(failure);
        return signal != null && signal.isHardError() && signal.isInitiatedByApplication();
    }

    /**
     * What to throw.
     *
     * @param what was to be done, as in {@code "send"}
     * @param where with whom, without credentials
     */
    static GooseException exception(String what, String where, Throwable failure) {
        CertificateException untrusted = cause(failure, CertificateException.class);
        if (untrusted != null) {
            return new BrokerRefusedException(
                    "GOOSE-3096: " + where + " shows a certificate that is not to be trusted: " + untrusted.getMessage()
                            + "; give the authority that signed it by goose.broker.<name>.tls.truststore, and reach the"
                            + " server by a name that is in it",
                    failure);
        }
        int code = code(failure);
        // A connection that ends while one logs in is no refusal: RabbitMQ would say so.
        if (failure instanceof AuthenticationFailureException
                || code == AMQP.ACCESS_REFUSED
                || code == AMQP.NOT_ALLOWED) {
            return new BrokerRefusedException(
                    "GOOSE-3083: " + where + " does not let us " + what + ": " + text(failure)
                            + "; check user, password, virtual host and the user's rights there",
                    failure);
        }
        return unavailable(what, where, failure);
    }

    /** What to throw if it is an outage, whatever the broker said. */
    static BrokerUnavailableException unavailable(String what, String where, Throwable failure) {
        if (isOver(failure)) {
            return new BrokerUnavailableException(
                    "GOOSE-3004: cannot " + what + " with " + where
                            + ": this connection was closed meanwhile, as when its application stops; do it before that",
                    failure);
        }
        return new BrokerUnavailableException(
                "GOOSE-3082: cannot " + what + " with " + where + ": " + text(failure)
                        + "; it is tried again when it is asked for again",
                failure);
    }
}
