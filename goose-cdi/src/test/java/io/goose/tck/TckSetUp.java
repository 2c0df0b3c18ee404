package io.goose.tck;

/** What the brokers of a test class run on, such as a server. */
@FunctionalInterface
public interface TckSetUp extends AutoCloseable {

    /** A broker with an empty storage, which shares none with those before. */
    BrokerUnderTest broker() throws Exception;

    /** Ends what was started; by default nothing was. */
    @Override
    default void close() throws Exception {}
}
