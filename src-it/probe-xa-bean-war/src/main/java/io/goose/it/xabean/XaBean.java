package io.goose.it.xabean;

import io.goose.mdb.TransactionalJobsBean;
import jakarta.ejb.ActivationConfigProperty;
import jakarta.ejb.MessageDriven;
import jakarta.resource.cci.MessageListener;

/** Runs the jobs. While one of its requests to Redis is kept back, the queue of that request is silent: there are several. */
@MessageDriven(
        messageListenerInterface = MessageListener.class,
        activationConfig = {
            @ActivationConfigProperty(propertyName = "queues", propertyValue = "rows0,rows1,rows2,rows3,rows4"),
            @ActivationConfigProperty(propertyName = "threads", propertyValue = "6"),
            @ActivationConfigProperty(propertyName = "grace", propertyValue = "PT1S"),
            @ActivationConfigProperty(propertyName = "settings", propertyValue = "timeout=PT5M;pool.max=20")
        })
public class XaBean extends TransactionalJobsBean {}
